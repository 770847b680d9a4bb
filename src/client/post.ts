// One attempt to hand actions to the edge. It says what came of it; whether there is another one is
// for others to decide.
import type { Who } from "./identity.ts";
import { nothing, type Options } from "./options.ts";
import { page } from "./page.ts";
import type { Answer } from "./results.ts";

/** Under whose number and session actions are sent. */
export interface From {
  clientId: string;
  sessionId?: string | undefined;
  dropped?: object;
}

/** How others have an attempt made, whoever it is that they are now. */
export type Attempt = (
  from: From,
  actions: string[],
  /** Asked when the request goes out: may it outlive the page? */
  lasts: () => boolean,
  urgent?: boolean,
) => Promise<Answer>;

/**
 * `lasts` is asked when the request goes out: may it outlive the page? `urgent`: the page may be gone
 * at once, so that there is no time to compress. Rejects where nobody answers.
 */
export async function post(
  options: Options,
  { token, publicKey, sessionId }: Who,
  from: From,
  actions: string[],
  lasts: () => boolean,
  urgent?: boolean,
): Promise<Answer> {
  /** From so many characters on compressing pays: fewer leave in TCP's first flight as they are. */
  const GZIP_FROM = 12_000;
  const head = JSON.stringify({ sessionId, ...from, sentAt: Date.now() });
  const text = `${head.slice(0, -1)},"actions":[${actions.join()}]}`;
  const headers: Record<string, string> = { "content-type": "application/json" };
  let body: BodyInit = text;
  if (token || publicKey) headers["authorization"] = `Bearer ${token || publicKey}`;
  if (!urgent && text.length > GZIP_FROM && page.CompressionStream) {
    headers["content-encoding"] = "gzip";
    const { readable, writable } = new CompressionStream("gzip");
    // Not piped, and no blob: each would be several more tasks for the page.
    const writer = writable.getWriter();
    void writer.write(new TextEncoder().encode(text));
    void writer.close();
    body = await new Response(readable).arrayBuffer();
  }
  const request = {
    method: "POST",
    body,
    headers,
    signal: AbortSignal.timeout(options.timeoutMs),
    keepalive: lasts(),
  };
  const response = await options.fetch(options.endpoint, request);
  return {
    status: response.status,
    after: Number(response.headers.get("retry-after")),
    body: (await response.json().catch(nothing)) as Answer["body"],
  };
}
