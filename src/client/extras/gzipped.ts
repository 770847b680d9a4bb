import type { Page } from "../send/page.ts";

const page: Page = globalThis;

/** The text compressed, and its header; undefined where the browser can't. */
export async function gzipped(
  text: string,
  headers: Record<string, string>,
): Promise<ArrayBuffer | undefined> {
  if (!page.CompressionStream) return undefined;
  const zipped = new Response(text).body?.pipeThrough(new CompressionStream("gzip"));
  const bytes = await new Response(zipped as ReadableStream).arrayBuffer();
  headers["content-encoding"] = "gzip";
  return bytes;
}
