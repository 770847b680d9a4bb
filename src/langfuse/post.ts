// One POST of JSON to a project's Langfuse, and its answer as plain data. Never throws, never
// follows a redirect, reads a bounded part of the answer, and its time limit covers the answer's
// body too. No key gets into what it returns other than through Langfuse's own words, which are
// raw here.
import { describeError } from "../log.ts";
import type { Project } from "../settings/index.ts";
import type { LangfuseAnswer } from "./classify.ts";
import type { WireRoute } from "./encode.ts";
import { basicCredentials } from "./redact.ts";
import { readUpTo } from "../protocol/bounded-body.ts";
import { EDGE_VERSION } from "../protocol/version.ts";
import { SDK_NAME } from "./sender.ts";
import { TimeLimit } from "./time-limit.ts";

export type Send = (request: Request) => Promise<Response>;

/** Most that is read of an answer: the verdicts on a hundred scores with long messages fit. */
export const MAX_ANSWER_BYTES = 256 * 1024;

/** The platform's words where an invocation has made all the requests that its plan allows. */
const LIMIT_MET = /too many (subrequests|api requests by single worker)/i;

export function isLimitMet(words: string): boolean {
  return LIMIT_MET.test(words);
}

/** Headers that no setting may change: they describe the body that is made here. */
const OURS = new Set(["content-type", "content-encoding", "content-length", "host"]);

export async function postJson(
  send: Send,
  project: Project,
  extraHeaders: Readonly<Record<string, string>>,
  { path, gzip }: WireRoute,
  body: string,
  { timeoutMs, now }: PostTime,
): Promise<LangfuseAnswer> {
  const limit = new TimeLimit(timeoutMs, now);
  const { signal } = limit;
  try {
    const request = new Request(`${project.baseUrl}${path}`, {
      method: "POST",
      headers: headersFor(project, extraHeaders, gzip),
      body: gzip ? await gzipped(body) : body,
      redirect: "manual",
      signal,
    });
    // The lease of its records leaves time for this long, and no longer.
    if (limit.isOver) return { failure: "timeout", detail: "its time was over before it was sent" };
    // A `send` that ignores the signal must not hold the pass either.
    return await orAborted(signal, send(request).then(readAnswer));
  } catch (error) {
    const detail = describeError(error);
    if (signal.aborted) return { failure: "timeout", detail };
    return { failure: isLimitMet(detail) ? "unsent" : "network", detail };
  } finally {
    limit.clear();
  }
}

export interface PostTime {
  timeoutMs: number;
  now: () => number;
}

/**
 * Extra headers win over the edge's own, `authorization` too: an access proxy in front of a
 * self-hosted Langfuse may want a credential of its own there and add Langfuse's keys behind it.
 */
function headersFor(
  project: Project,
  extraHeaders: Readonly<Record<string, string>>,
  gzip: boolean,
): Headers {
  const headers = new Headers({
    authorization: `Basic ${basicCredentials(project)}`,
    "content-type": "application/json",
    ...(gzip && { "content-encoding": "gzip" }),
    "x-langfuse-ingestion-version": "4",
    "x-langfuse-sdk-name": SDK_NAME,
    "x-langfuse-sdk-version": EDGE_VERSION,
  });
  // A header holds printable ASCII safely; the credentials above carry any key.
  if (/^[\x21-\x7e]+$/.test(project.publicKey)) {
    headers.set("x-langfuse-public-key", project.publicKey);
  }
  for (const [name, value] of Object.entries(extraHeaders)) {
    if (!OURS.has(name.toLowerCase())) headers.set(name, value);
  }
  return headers;
}

async function gzipped(text: string): Promise<ArrayBuffer> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Response(stream).arrayBuffer();
}

async function readAnswer(response: Response): Promise<LangfuseAnswer> {
  const { text, cut } = await readText(response, MAX_ANSWER_BYTES);
  const retryAfter = response.headers.get("retry-after");
  return {
    status: response.status,
    contentType: response.headers.get("content-type") ?? "",
    ...(retryAfter !== null && { retryAfter }),
    bodyText: text,
    cut,
  };
}

async function readText(
  response: Response,
  maxBytes: number,
): Promise<{ text: string; cut: boolean }> {
  const { bytes, more: cut } = await readUpTo(response.body, maxBytes);
  // A character that the cut would halve is left out.
  return { text: new TextDecoder().decode(bytes, { stream: cut }), cut };
}

function orAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const abort = (): void => reject(new DOMException("timed out", "TimeoutError"));
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
