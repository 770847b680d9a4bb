export interface Watch {
  chunk(bytes: Uint8Array): void;
  end(): void;
  fail(error: unknown): void;
  /** The reader wants no more. */
  cancel(): void;
}

/**
 * The same response, watched as it is read: nothing is read ahead, each chunk is passed on before it
 * is looked at, and errors are passed on as they are. The watch must not throw.
 */
export function watchResponse(response: Response, watch: Watch): Response {
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const stream = new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        try {
          const { done, value } = await reader.read();
          if (done) {
            controller.close();
            watch.end();
          } else {
            controller.enqueue(value);
            watch.chunk(value);
          }
        } catch (error) {
          controller.error(error);
          watch.fail(error);
        }
      },
      cancel: (reason) => {
        watch.cancel();
        return reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
  const watched = new Response(stream, response);
  // What a response that was made by hand would say otherwise.
  for (const name of ["url", "redirected", "type"] as const) {
    Object.defineProperty(watched, name, { value: response[name] });
  }
  return watched;
}
