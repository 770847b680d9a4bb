// A response that is watched as the page reads it. It stays the browser's own object: only the ways to
// read it are replaced, each by one that does the same with the browser's own, so that values, errors,
// streams and aborts stay the same. Nothing is read ahead, and the watch must not throw.

export interface Watch {
  chunk(bytes: Uint8Array): void;
  end(): void;
  fail(error: unknown): void;
  /** The reader wants no more. */
  cancel(): void;
  /** The page waits for the next bytes, or does no more. */
  waiting(isWaiting: boolean): void;
}

type Body = ReadableStream<Uint8Array>;
/** Of both kinds of streams. */
interface Controller {
  byobRequest?: { respond(bytes: number): void } | null;
  enqueue(chunk: Uint8Array): void;
  close(): void;
  error(reason: unknown): void;
}
type Whole = "text" | "json" | "blob" | "arrayBuffer" | "bytes" | "formData";
const WHOLE: Whole[] = ["text", "json", "blob", "arrayBuffer", "bytes", "formData"];

const nothing = (): void => {};
const UNWATCHED: Watch = {
  chunk: nothing,
  end: nothing,
  fail: nothing,
  cancel: nothing,
  waiting: nothing,
};

/** Does it give bytes to a reader's own buffer? Asked without a trace. */
function isByteStream(source: Body): boolean {
  try {
    source.getReader({ mode: "byob" }).releaseLock();
    return true;
  } catch {
    return false;
  }
}

/** The same stream, of the same kind: what the page asks of it is asked of the source. */
function passing(source: Body, begin: () => Watch): Body {
  let watch: Watch | undefined;
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  let isPulling = false;
  let isClosed = false;
  let isOver = false;
  const close = (controller: Controller): void => {
    if (!isClosed || isPulling || isOver) return;
    isOver = true;
    watch?.end();
    controller.close();
    controller.byobRequest?.respond(0);
  };
  const fail = (controller: Controller, error: unknown): void => {
    watch?.fail(error);
    controller.error(error);
  };
  const stream = {
    pull: async (controller: Controller) => {
      isPulling = true;
      if (!reader) {
        watch ??= begin();
        reader = source.getReader();
        // Also what happens while the page does not read: an abort, say.
        reader.closed.then(
          () => {
            isClosed = true;
            close(controller);
          },
          (error: unknown) => fail(controller, error),
        );
      }
      try {
        watch?.waiting(true);
        const { value, done } = await reader.read();
        watch?.waiting(false);
        if (!done) {
          // Looked at first: a byte stream takes the bytes away.
          watch?.chunk(value);
          controller.enqueue(value);
        }
        isPulling = false;
        close(controller);
      } catch (error) {
        fail(controller, error);
      }
    },
    cancel: (reason: unknown) => {
      isOver = true;
      (watch ?? begin()).cancel();
      return (reader ?? source).cancel(reason);
    },
  };
  const kind = isByteStream(source) && { type: "bytes" };
  return new ReadableStream({ ...stream, ...kind } as object, { highWaterMark: 0 });
}

async function readCopy({ body }: Response, watch: Watch): Promise<void> {
  const reader = (body as Body).getReader();
  watch.waiting(true);
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return watch.end();
      watch.chunk(value);
    }
  } catch (error) {
    watch.fail(error);
  }
}

/**
 * Watches whichever way the page takes to the body. A clone is watched as well, and the first of both
 * that is read counts: `first` is known then.
 */
export function watchResponse(
  response: Response,
  watch: Watch,
  taken: { first?: Response } = {},
): void {
  const source = response.body as Body | null;
  if (!source) return;
  // oxlint-disable-next-line typescript/unbound-method -- called on the response itself
  const { clone } = response;
  let passed: Body | undefined;
  const begin = (): Watch => ((taken.first ??= response) === response ? watch : UNWATCHED);
  /** A page that holds a reader of ours would hold the browser's: so the browser refuses what it would. */
  const asLocked = <T>(work: () => T): T => {
    const lock = passed?.locked && !source.locked && source.getReader();
    try {
      return work();
    } finally {
      if (lock) lock.releaseLock();
    }
  };
  const copied = (): Response => {
    const copy = clone.call(response);
    // The stream that the page may have is used up, as the browser's is; another one takes its place.
    passed?.getReader();
    for (const name of Object.keys(ways)) Reflect.deleteProperty(response, name);
    return copy;
  };
  const ways: PropertyDescriptorMap = {
    body: { get: () => (passed ??= passing(source, begin)) },
    clone: {
      value: () =>
        asLocked(() => {
          const copy = copied();
          for (const one of [response, copy]) watchResponse(one, watch, taken);
          return copy;
        }),
    },
  };
  for (const name of WHOLE) {
    // Some browsers lack `bytes`.
    const read = response[name] as (() => Promise<unknown>) | undefined;
    if (!read) continue;
    ways[name] = {
      value: () =>
        asLocked(() => {
          // A copy is read along: only the browser's own reading has its values and its errors.
          if (!source.locked && !response.bodyUsed) void readCopy(copied(), begin());
          return read.call(response);
        }),
    };
  }
  for (const way of Object.values(ways)) way.configurable = true;
  Object.defineProperties(response, ways);
}
