// Reading a body whose sender is not believed about its length: never more in memory than was asked for.

export interface BoundedBytes {
  /** At most as many as were asked for. */
  bytes: Uint8Array;
  /** The body has more; it is cancelled, which frees its connection. */
  more: boolean;
}

/** The first `maxBytes` of a body. Rejects where the body breaks off. */
export async function readUpTo(
  stream: ReadableStream<Uint8Array> | null,
  maxBytes: number,
): Promise<BoundedBytes> {
  const reader = stream?.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const chunk = (await reader?.read())?.value;
    if (chunk === undefined) return { bytes: joinBytes(chunks), more: false };
    const room = maxBytes - length;
    length += chunk.byteLength;
    chunks.push(chunk.subarray(0, room));
    if (length <= maxBytes) continue;
    await reader?.cancel().catch(() => {});
    return { bytes: joinBytes(chunks), more: true };
  }
}

/** The chunks as one; a single one is given back as it is. */
export function joinBytes(chunks: readonly Uint8Array[]): Uint8Array {
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
