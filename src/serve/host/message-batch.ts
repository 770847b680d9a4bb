/** A batch as the platform hands it to a consumer. Nothing is retried by the queue: the objects do that. Pure. */
export function messageBatch<Body>(
  queue: string,
  bodies: readonly unknown[],
  timestamp: Date,
): MessageBatch<Body> {
  const nothing = (): void => undefined;
  const messages = bodies.map((body, at) => ({
    id: String(at),
    timestamp,
    body: body as Body,
    attempts: 1,
    ack: nothing,
    retry: nothing,
  }));
  const batch = { queue, messages, ackAll: nothing, retryAll: nothing };
  // Of what else a batch has, such as the backlog's figures, no consumer of ours knows.
  return batch as unknown as MessageBatch<Body>;
}
