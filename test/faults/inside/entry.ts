// The built Worker with a queue that can be made to fail: what stands between it and its `CLAIMS`. Runs
// inside workerd. Only types may be imported beside the Worker itself.
import worker, { ProjectHealth, Session as BuiltSession } from "../../src/index.ts";
import type { Env } from "../../src/bindings.ts";
import type { Claim } from "../../src/protocol/session-calls.ts";

/**
 * `refuse`: it takes nothing. `lose`: it takes and forgets. `twice`: it delivers everything twice. `late`:
 * after some seconds, in another order. `together`: two consumers get each batch at once.
 */
export type QueueMode = "well" | "refuse" | "lose" | "twice" | "late" | "together";

/** Of the whole process: objects and consumers run in one isolate. */
let mode: QueueMode = "well";
const MOST_DELAY_SECONDS = 6;

interface Message {
  body: Claim;
  delaySeconds?: number;
}

function faulty(env: Env): Env {
  const { CLAIMS } = env;
  const sendBatch = async (messages: Message[]): Promise<void> => {
    if (mode === "refuse") throw new Error("Queue sendBatch failed: Too Many Requests");
    if (mode === "lose") return;
    const late = mode === "late";
    const delayed = messages.map((message) =>
      late ? { ...message, delaySeconds: Math.floor(Math.random() * MOST_DELAY_SECONDS) } : message,
    );
    await CLAIMS.sendBatch(delayed);
    if (mode === "twice") await CLAIMS.sendBatch(delayed);
  };
  const queue = {
    sendBatch: (messages: Iterable<Message>) => sendBatch([...messages]),
    send: (body: Claim, options: { delaySeconds?: number } = {}) =>
      sendBatch([{ body, ...options }]),
  };
  return { ...env, CLAIMS: queue as unknown as Env["CLAIMS"] };
}

export { ProjectHealth };

export class Session extends BuiltSession {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, faulty(env));
  }
}

const MODES = "/faults/queue";

let known: { env: Env; faulty: Env } | undefined;
/** One for each isolate, since the Worker composes its edge once for it. */
function faultyOnce(env: Env): Env {
  known ??= { env, faulty: faulty(env) };
  return known.faulty;
}

const faultyWorker: ExportedHandler<Env> = {
  async fetch(request, env, ctx) {
    if (new URL(request.url).pathname === MODES) {
      mode = (await request.text()) as QueueMode;
      return new Response(null, { status: 204 });
    }
    return (
      (await worker.fetch?.(request, faultyOnce(env), ctx)) ?? new Response(null, { status: 500 })
    );
  },
  async queue(batch, env, ctx) {
    const consumers = mode === "together" ? 2 : 1;
    const some = Array.from({ length: consumers }, async () =>
      worker.queue?.(batch as MessageBatch<never>, faultyOnce(env), ctx),
    );
    await Promise.all(some);
  },
};

export default faultyWorker;
