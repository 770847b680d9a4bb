// A body that is read in two steps: a first line that may say who speaks, then the rest once that is
// believed. Never holds more than the limits.

export interface BodyStream {
  maxBytes: number;
  /**
   * The first line without its end, where it begins with `prefix`: it is then not part of the rest.
   * Where it has no end within `max` bytes, only the prefix.
   */
  takeLine: (prefix: string, max: number) => Promise<string | undefined>;
  /** All that is left; undefined as soon as the body is larger than its limit. */
  rest: () => Promise<Uint8Array | undefined>;
  /** Nothing more is wanted. */
  cancel: () => Promise<void>;
}

const NEWLINE = 10;

export function bodyStream(
  stream: ReadableStream<Uint8Array> | null,
  maxBytes: number,
): BodyStream {
  const reader = stream?.getReader();
  let held: Uint8Array = new Uint8Array();

  const cancel = async (): Promise<void> => {
    // A body that breaks off is no reason to answer anything else.
    await reader?.cancel().catch(() => {});
  };
  const next = async (): Promise<Uint8Array | undefined> => {
    const read = await reader?.read();
    return read?.value;
  };
  return {
    maxBytes,
    cancel,
    takeLine: async (prefix, max) => {
      const wanted = new TextEncoder().encode(prefix);
      for (;;) {
        const mismatch = wanted.findIndex((byte, at) => at < held.length && held[at] !== byte);
        if (mismatch >= 0) return undefined;
        const end = held.indexOf(NEWLINE);
        if (end >= 0 ? end > max : held.length > max) return prefix;
        if (end >= 0) {
          const line = new TextDecoder().decode(held.subarray(0, end));
          if (!line.startsWith(prefix)) return undefined;
          held = held.subarray(end + 1);
          return line.endsWith("\r") ? line.slice(0, -1) : line;
        }
        // What broke off is over here; whoever wants the rest will hear of it.
        const chunk = await next().catch(() => undefined);
        if (chunk === undefined) return held.length > wanted.length ? prefix : undefined;
        held = joined([held, chunk]);
      }
    },
    rest: async () => {
      const chunks = [held];
      let length = held.length;
      for (;;) {
        if (length > maxBytes) {
          await cancel();
          return undefined;
        }
        const chunk = await next();
        if (chunk === undefined) return joined(chunks);
        length += chunk.byteLength;
        chunks.push(chunk);
      }
    },
  };
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const [only, other] = chunks.filter(({ length }) => length > 0);
  if (only !== undefined && other === undefined) return only;
  const whole = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole;
}
