// One attempt to hand actions to the edge. It says what came of it; whether there is another one is
// for others to decide.
import type { Who } from "./who.ts";
import { nothing, type Options } from "./options.ts";
import { extras } from "../extras/load-extras.ts";
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
  who: Who,
  isAsked: boolean,
  from: From,
  actions: string[],
  lasts: () => boolean,
  urgent?: boolean,
): Promise<EdgeReply> {
  /** A text of so many UTF-16 units is worth compressing: a shorter one leaves in TCP's first flight as it is. */
  const MIN_GZIP_LENGTH = 12_000;
  const key = who.token || who.publicKey;
  const head = JSON.stringify({ ...from, sentAt: Date.now() });
  const text = `${head.slice(0, -1)},"actions":[${actions.join()}]}`;
  const headers: Record<string, string> = { "content-type": "application/json" };
  let body: BodyInit = text;
  if (key) headers["authorization"] = `Bearer ${key}`;
  if (!urgent && text.length > MIN_GZIP_LENGTH) {
    // A page's first long text does not wait for what would make it shorter.
    void extras.load().catch(nothing);
    body = (await extras.ready?.gzipped(text, headers)) ?? text;
  }
  // oxlint-disable-next-line typescript/no-unnecessary-type-assertion -- a Worker's types have no keepalive
  const response = await options.fetch(options.endpoint, {
    method: "POST",
    body,
    headers,
    signal: AbortSignal.timeout(options.timeoutMs),
    keepalive: lasts(),
  } as RequestInit);
  let { status } = response;
  if (isAsked && status === 401) {
    // The app can say again who it is.
    who.expiresAt = "";
    status = 503;
  }
  return {
    status,
    after: +(response.headers.get("retry-after") as string),
    // What is no JSON is a stranger's; a body that breaks off is nobody's answer.
    body: (await response.json().catch((error: Error) => {
      if (error.name !== "SyntaxError") throw error;
    })) as EdgeReply["body"],
  };
}
