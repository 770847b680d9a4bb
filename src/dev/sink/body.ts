// Reads a request's body, unzipped, up to a limit: a small zip can hold a huge text.

export type Body = Uint8Array | "too_large" | "unreadable";

async function bytesUpTo(stream: ReadableStream<Uint8Array>, limit: number): Promise<Body> {
  const parts: Uint8Array[] = [];
  let size = 0;
  const reader = stream.getReader();
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      size += read.value.length;
      if (size > limit) {
        await reader.cancel().catch(() => {});
        return "too_large";
      }
      parts.push(read.value);
    }
  } catch {
    return "unreadable";
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** `inflates`: whether gzip is taken; any other coding is not. */
export async function readBody(request: Request, limit: number, inflates: boolean): Promise<Body> {
  if (request.body === null) return new Uint8Array();
  const encoding = (request.headers.get("content-encoding") ?? "identity").trim().toLowerCase();
  if (encoding === "identity") return bytesUpTo(request.body, limit);
  if (encoding !== "gzip" || !inflates) return "unreadable";
  return bytesUpTo(request.body.pipeThrough(new DecompressionStream("gzip")), limit);
}
