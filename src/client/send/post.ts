// One attempt to hand actions to the edge. It says what came of it; whether there is another one is
// for others to decide.
import type { Who } from "./who.ts";
import type { Options } from "./options.ts";
import { page } from "./page.ts";
import type { EdgeReply } from "./results.ts";

/** The number and session under which actions are sent. */
export interface From {
  clientId: string;
  sessionId?: string | undefined;
  dropped?: object;
}

/** An attempt under the identity of now. */
export type Attempt = (
  from: From,
  actions: string[],
  lasts: () => boolean,
  urgent?: boolean,
) => Promise<EdgeReply>;

/**
 * Sends actions once. `lasts` is asked when the request goes out: may it outlive the page? `urgent`: the page may be gone
 * at once, so that there is no time to compress. Rejects where nobody answers.
 */
export async function post(
  options: Options,
  { token, publicKey, sessionId }: Who,
  from: From,
  actions: string[],
  lasts: () => boolean,
  urgent?: boolean,
): Promise<EdgeReply> {
  /** A text of so many UTF-16 units is worth compressing: a shorter one leaves in TCP's first flight as it is. */
  const MIN_GZIP_LENGTH = 12_000;
  const head = JSON.stringify({ sessionId, ...from, sentAt: Date.now() });
  const text = `${head.slice(0, -1)},"actions":[${actions.join()}]}`;
  const headers: Record<string, string> = { "content-type": "application/json" };
  let body: BodyInit = text;
  if (token || publicKey) headers["authorization"] = `Bearer ${token || publicKey}`;
  if (!urgent && text.length > MIN_GZIP_LENGTH && page.CompressionStream) {
    headers["content-encoding"] = "gzip";
    const zipped = new Response(text).body?.pipeThrough(new CompressionStream("gzip"));
    body = await new Response(zipped as ReadableStream).arrayBuffer();
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
    // What is no JSON is a stranger's; a body that breaks off is nobody's answer.
    body: (await response.json().catch((error: Error) => {
      if (error.name !== "SyntaxError") throw error;
    })) as EdgeReply["body"],
  };
}
