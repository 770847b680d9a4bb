// Posts encoded records to one project's Langfuse and says what became of the request. The only
// place where Langfuse's words enter: they leave it redacted and cut.
import type { Project } from "../settings/index.ts";
import { classify, type Verdict } from "./classify.ts";
import { postJson, type Send } from "./post.ts";
import { redact } from "./redact.ts";
import { requestBody, WIRE_ROUTE, type WireKind, type WirePart } from "./encode.ts";

export interface PosterDeps {
  send: Send;
  project: Project;
  extraHeaders: Readonly<Record<string, string>>;
  /** Of a POST that asks for none of its own. */
  timeoutMs: number;
  now: () => number;
}

/** Posts items of one kind as one request. Never throws. */
export type PostItems = (
  kind: WireKind,
  parts: readonly WirePart[],
  timeoutMs?: number,
) => Promise<Verdict>;

export function posterTo({ send, project, extraHeaders, now, ...deps }: PosterDeps): PostItems {
  const clean = (text: string): string => redact(text, project, extraHeaders);
  return async (kind, parts, timeoutMs = deps.timeoutMs) => {
    const body = requestBody(kind, parts);
    const time = { timeoutMs, now };
    const answer = await postJson(send, project, extraHeaders, WIRE_ROUTE[kind], body, time);
    return redacted(classify(answer, now()), clean);
  };
}

function redacted(verdict: Verdict, clean: (text: string) => string): Verdict {
  if (verdict.kind === "delivered") return verdict;
  if (verdict.kind !== "partly") return { ...verdict, message: clean(verdict.message) };
  return {
    kind: "partly",
    refused: verdict.refused.map((refusal) => ({ ...refusal, message: clean(refusal.message) })),
  };
}
