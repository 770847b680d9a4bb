// The queue between the Worker and itself, in the place of Cloudflare Queues: one object for each queue, which keeps
// claims in memory and hands them on in batches. Nothing of it is durable, and nothing has to be: the session's
// object has the data, and claims again when nobody came.
import { DurableObject, WorkerEntrypoint } from "cloudflare:workers";
import { describeError, logEvent } from "../../log.ts";
import type { HostEnv, QueueCalls, QueuedMessage, QueueRule } from "./host-env.ts";
import { WaitingClaims } from "./waiting-claims.ts";

/** Batches under way at once, so that a project whose Langfuse hangs does not hold up the others. */
const MAX_CONSUMERS = 4;
const DEFAULT_RULE: QueueRule = { size: 100, waitMs: 1000 };
/** After this long without a request no request holds claims back to gather more of them. */
const GATHERED_MS = 1200;
const LOOK_MS = 50;

/** The producer, as the Worker's binding: `env.CLAIMS.sendBatch(…)`. */
export class HostProducer extends WorkerEntrypoint<HostEnv, { queue: string }> {
  async send(body: unknown, options: { delaySeconds?: number } = {}): Promise<void> {
    await this.sendBatch([{ body, ...options }]);
  }

  async sendBatch(messages: Iterable<QueuedMessage>): Promise<void> {
    const { HOST_QUEUE } = this.env;
    const { queue } = this.ctx.props;
    await HOST_QUEUE.get(HOST_QUEUE.idFromName(queue)).send(queue, [...messages]);
  }
}

export class HostQueue extends DurableObject<HostEnv> implements QueueCalls {
  #name = "";
  #waiting = new WaitingClaims(DEFAULT_RULE);
  #consumers = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #draining = false;

  async send(queue: string, messages: QueuedMessage[]): Promise<void> {
    if (this.#name === "") {
      this.#name = queue;
      this.#waiting = new WaitingClaims(this.env.HOST_OPTIONS.queues[queue] ?? DEFAULT_RULE);
    }
    const now = Date.now();
    for (const { body, delaySeconds = 0 } of messages) {
      this.#waiting.add([body], delaySeconds * 1000, now);
    }
    this.#turn();
  }

  async drain(limitMs: number): Promise<number> {
    const end = Date.now() + limitMs;
    this.#draining = true;
    this.#turn();
    while (Date.now() < end && !this.#isIdle()) await scheduler.wait(LOOK_MS);
    return this.#consumers;
  }

  #isIdle(): boolean {
    const isGathered = Date.now() >= lastRequest.at + GATHERED_MS;
    return isGathered && this.#consumers === 0;
  }

  #turn(): void {
    while (this.#consumers < MAX_CONSUMERS) {
      const batch = this.#waiting.take(Date.now(), this.#draining);
      if (batch === undefined) break;
      this.ctx.waitUntil(this.#consume(batch));
    }
    clearTimeout(this.#timer);
    const at = this.#waiting.nextAt();
    if (at === undefined || this.#consumers >= MAX_CONSUMERS) return;
    this.#timer = setTimeout(() => this.#turn(), Math.max(0, at - Date.now()));
  }

  async #consume(bodies: unknown[]): Promise<void> {
    this.#consumers += 1;
    try {
      await this.env.HOST_CONSUMER.consume(this.#name, bodies);
    } catch (error) {
      logEvent("error", "consumer_failed", {
        messages: bodies.length,
        error: describeError(error),
      });
    } finally {
      this.#consumers -= 1;
      this.#turn();
    }
  }
}

/** When the last request came, epoch ms: objects and requests share an isolate here. */
export const lastRequest = { at: 0 };
