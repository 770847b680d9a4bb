// How the stand-in misbehaves on request: a dead, limited, redirected or walled-off Langfuse, to be
// seen on a developer's machine. Pure; the waiting is the route's.
import type { Behaviour } from "./view/answers.ts";
import * as z from "zod";

/** Longer than any sender waits. */
const MAX_DELAY_MS = 180_000;

export const behaviourSchema = z.strictObject({
  status: z.int().min(400).max(599).optional(),
  delayMs: z.number().min(0).max(MAX_DELAY_MS).optional(),
  retryAfter: z.union([z.string().max(100), z.number().min(0)]).optional(),
  html: z.boolean().optional(),
  redirect: z.url().max(2000).optional(),
  refuse: z.string().min(1).max(200).optional(),
  times: z.int().min(1).max(1_000_000).optional(),
});

const LOGIN_PAGE = "<!doctype html><title>Sign in</title><h1>Sign in to continue</h1>";

/** The status of the answer that takes nothing; undefined when the request is to be taken. */
export function misbehavedStatus(behaviour: Behaviour): number | undefined {
  if (behaviour.redirect !== undefined) return 302;
  return behaviour.status ?? (behaviour.html ? 200 : undefined);
}

/** The answer that takes nothing; undefined when the request is to be taken. */
export function misbehave(behaviour: Behaviour): Response | undefined {
  const status = misbehavedStatus(behaviour);
  if (status === undefined) return undefined;
  const headers = new Headers();
  if (behaviour.redirect !== undefined) headers.set("location", behaviour.redirect);
  if (behaviour.retryAfter !== undefined) headers.set("retry-after", String(behaviour.retryAfter));
  headers.set("content-type", behaviour.html ? "text/html" : "application/json");
  const body = behaviour.html
    ? LOGIN_PAGE
    : JSON.stringify({ message: `the sink was told to answer ${status}` });
  return new Response(body, { status, headers });
}
