// Reads a request's body, unzipped, up to a limit: a small zip can hold a huge text.

import { readUpTo } from "../../protocol/bounded-body.ts";

export type Body = Uint8Array | "too_large" | "unreadable";

async function bytesUpTo(stream: ReadableStream<Uint8Array>, limit: number): Promise<Body> {
  try {
    const { bytes, more } = await readUpTo(stream, limit);
    return more ? "too_large" : bytes;
  } catch {
    return "unreadable";
  }
}

/** `inflates`: whether gzip is taken; any other coding is not. */
export async function readBody(request: Request, limit: number, inflates: boolean): Promise<Body> {
  if (request.body === null) return new Uint8Array();
  const encoding = (request.headers.get("content-encoding") ?? "identity").trim().toLowerCase();
  if (encoding === "identity") return bytesUpTo(request.body, limit);
  if (encoding !== "gzip" || !inflates) return "unreadable";
  return bytesUpTo(request.body.pipeThrough(new DecompressionStream("gzip")), limit);
}
