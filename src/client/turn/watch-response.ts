// A response that is watched as the page reads it. It stays the browser's own object: only the ways to
// read it are replaced, each by one that does the same with the browser's own, so that values, errors,
// streams and aborts stay the same. Nothing is read ahead, and no error of a watch reaches the page.

export interface Watch {
  /** Undefined: more than is kept has come before it could be read. */
  chunk(bytes?: Uint8Array): void;
  end(): void;
  fail(error: unknown): void;
  /** The reader wants no more. */
  cancel(): void;
  /** The page waits for the next bytes, or does no more. */
  waiting(isWaiting: boolean): void;
}

/** Tells what happens; one that is not to know is not told. */
export type Tell = (what: keyof Watch, value?: unknown) => void;
type Body = ReadableStream<Uint8Array>;

/** The controller of either kind of stream. */
interface Controller {
  byobRequest?: { respond(bytes: number): void } | null;
  enqueue(chunk: Uint8Array): void;
  close(): void;
  error(reason: unknown): void;
}

const WHOLE = ["text", "json", "blob", "arrayBuffer", "bytes", "formData"] as const;

/** A byte stream reads into a reader's own buffer, too. The question leaves no trace. */
function kindOf(source: Body): object {
  try {
    source.getReader({ mode: "byob" }).releaseLock();
    return { type: "bytes" };
  } catch {
    return {};
  }
}

/** The same stream, of the same kind: what the page asks of it is asked of the source. */
function passing(source: Body, begin: () => Tell): Body {
  let tell: Tell | undefined;
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  let isPulling = false;
  let isClosed = false;
  const close = (controller: Controller): void => {
    if (!isClosed || isPulling) return;
    tell?.("end");
    controller.close();
    controller.byobRequest?.respond(0);
  };
  return new ReadableStream(
    {
      ...kindOf(source),
      pull: async (controller: Controller) => {
        const fail = (error: unknown): void => {
          tell?.("fail", error);
          controller.error(error);
        };
        isPulling = true;
        tell ??= begin();
        if (!reader) {
          reader = source.getReader();
          // The stream may also end or fail while the page does not read: by an abort, say.
          reader.closed.then(() => {
            isClosed = true;
            close(controller);
          }, fail);
        }
        tell("waiting", true);
        try {
          const { value, done } = await reader.read();
          tell("waiting", false);
          if (!done) {
            // Looked at first: a byte stream takes the bytes away.
            tell("chunk", value);
            controller.enqueue(value);
          }
          isPulling = false;
          close(controller);
        } catch (error) {
          fail(error);
        }
      },
      cancel: (reason: unknown) => {
        isPulling = true;
        (tell ?? begin())("cancel");
        return (reader ?? source).cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}

/** Reads it to its end; resolves with the error that it ended with, if it did. */
async function drain(stream: Body): Promise<unknown> {
  const reader = stream.getReader();
  try {
    while (!(await reader.read()).done);
  } catch (error) {
    return error;
  }
  return undefined;
}

/**
 * Watches whichever way the page takes to the body. A clone is watched as well, and the first of both
 * that is read counts: `first` is known then.
 */
export function watchResponse(
  response: Response,
  watch: Tell,
  taken: { first?: Response } = {},
): void {
  const source = response.body as Body | null;
  if (!source) return;
  // oxlint-disable-next-line typescript/unbound-method -- called on the response itself
  const { clone } = response;
  let passed: Body | undefined;
  const begin = (): Tell => {
    taken.first ??= response;
    return (what, value) => {
      try {
        if (taken.first === response) watch(what, value);
      } catch {
        // Tracing never fails the chat.
      }
    };
  };
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
  const way = (value: () => unknown): PropertyDescriptor => ({
    configurable: true,
    value: () => asLocked(value),
  });
  const ways: PropertyDescriptorMap = {
    body: { configurable: true, get: () => (passed ??= passing(source, begin)) },
    clone: way(() => {
      const copy = copied();
      for (const one of [response, copy]) watchResponse(one, watch, taken);
      return copy;
    }),
  };
  for (const name of WHOLE) {
    // Some browsers lack `bytes`.
    const read = response[name] as (() => unknown) | undefined;
    if (read) {
      ways[name] = way(() => {
        // A copy is read along: only the browser's own reading has its values and its errors.
        const isFresh = !source.locked && !response.bodyUsed;
        const failed = isFresh && drain(passing(copied().body as Body, begin));
        return (read.call(response) as Promise<unknown>).catch(async (error: unknown) => {
          const cause = await failed;
          // WebKit wraps the error of a stream that has a copy: an abort would be a TypeError.
          throw cause && `${error as Error}`.includes(`${cause as Error}`) ? cause : error;
        });
      });
    }
  }
  Object.defineProperties(response, ways);
}
