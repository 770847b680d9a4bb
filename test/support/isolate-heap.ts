// The JavaScript heap of one of the runtime's isolates, by the inspector: what is left of it after a
// collection, which is what the Worker holds on to. The process's own memory cannot tell that: it also
// has what nobody has collected yet, and what the allocator keeps for later.

/** Miniflare's name of the Worker that is called `edge`. */
export const EDGE_ISOLATE = "core:user:edge";
/** Miniflare's front, which hands each request on. */
export const FRONT_ISOLATE = "core:entry";

/** Requests that a collection is given to begin with: it waits for the isolate to run. */
const MAX_WAKES = 200;

interface Answer {
  id: number;
  result?: { usedSize?: number };
  error?: { message: string };
}

/**
 * MB, after a collection.
 * @param wake a request that the isolate takes part in, and that leaves nothing behind
 */
export async function heapOf(
  inspector: URL,
  isolate: string,
  wake: () => Promise<unknown>,
): Promise<number> {
  const socket = new WebSocket(`ws://${inspector.host}/${isolate}`);
  const answers = new Map<number, PromiseWithResolvers<Answer["result"]>>();
  socket.addEventListener("message", ({ data }) => {
    const { id, result, error } = JSON.parse(String(data)) as Answer;
    if (error === undefined) answers.get(id)?.resolve(result);
    else answers.get(id)?.reject(new Error(error.message));
  });
  const call = (method: string): Promise<Answer["result"]> => {
    const id = answers.size + 1;
    const answer = Promise.withResolvers<Answer["result"]>();
    answers.set(id, answer);
    socket.send(JSON.stringify({ id, method }));
    return answer.promise;
  };
  try {
    await opened(socket);
    // What the first one frees of the runtime's own lets go of more.
    for (let round = 0; round < 2; round += 1) {
      const collection = call("HeapProfiler.collectGarbage").then(() => true);
      let collected = false;
      for (let i = 0; i < MAX_WAKES && !collected; i += 1) {
        collected = await Promise.race([collection, wake().then(() => false)]);
      }
      if (!collected) throw new Error(`${isolate} does not collect its garbage`);
    }
    const usage = await call("Runtime.getHeapUsage");
    if (usage?.usedSize === undefined) throw new Error(`${isolate} does not tell its heap`);
    return usage.usedSize / 1e6;
  } finally {
    socket.close();
  }
}

function opened(socket: WebSocket): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.addEventListener("open", () => resolve());
  socket.addEventListener("error", () => reject(new Error("the inspector can't be reached")));
  return promise;
}
