// Pages that carry out a plan: each sends a request until it is acknowledged, then the next one, and notes
// what was acknowledged.
import { setTimeout } from "node:timers/promises";
import { basic, KEYS } from "../support/post.ts";
import type { Books, Totals } from "./judge/books.ts";
import type { PlannedRequest, PlannedSession } from "./plan/plan.ts";

export interface Notes {
  /** Traces all of whose actions were acknowledged, with the time when they were, epoch ms. */
  whole: Map<string, number>;
  actions: number;
  attempts: number;
  /** Answers that say that an action is refused for good, and what is no answer of ours. */
  refused: string[];
  /** Slowest acknowledged attempt, ms. */
  slowestMs: number;
}

export const emptyNotes = (): Notes => ({
  whole: new Map(),
  actions: 0,
  attempts: 0,
  refused: [],
  slowestMs: 0,
});

export interface ClientDeps {
  /** Of the edge, undefined while it is down. */
  url: () => string | undefined;
  /** After this nobody sends any more, epoch ms. */
  until: number;
  /** The true time, as `sentAt` has it, epoch ms. */
  now: () => number;
}

const ATTEMPT_MS = 10_000;
const AGAIN_MS = 100;
const LOOK_MS = 500;

export async function runSessions(
  plan: readonly PlannedSession[],
  notes: Notes,
  deps: ClientDeps,
): Promise<void> {
  await Promise.all(plan.map((session) => runSession(session, notes, deps)));
}

async function runSession(session: PlannedSession, notes: Notes, deps: ClientDeps): Promise<void> {
  await setTimeout(session.startMs);
  for (const { traceId, requests } of session.turns) {
    for (const request of requests) {
      const known = await acknowledged(session, request, notes, deps);
      if (!known) return;
      notes.actions += request.post?.actions ?? request.actions.length;
      if (request.pauseMs > 0) await setTimeout(request.pauseMs);
    }
    notes.whole.set(traceId, Date.now());
  }
}

/** Whether it was, before the time was up. */
async function acknowledged(
  { session, client, sentAtSkewMs }: PlannedSession,
  { actions, post }: PlannedRequest,
  notes: Notes,
  { url, until, now }: ClientDeps,
): Promise<boolean> {
  while (Date.now() < until) {
    const edge = url();
    if (edge !== undefined) {
      notes.attempts += 1;
      const began = Date.now();
      const sentAt = sentAtSkewMs === undefined ? {} : { sentAt: now() + sentAtSkewMs };
      const body = { sessionId: session, clientId: client, ...sentAt, actions };
      const { path, ...sent } = post ?? { path: "/api/langfuse/trace", body };
      const answer = await attempt(edge + path, sent.body);
      if (answer === "ok") {
        notes.slowestMs = Math.max(notes.slowestMs, Date.now() - began);
        return true;
      }
      if (answer !== "again") {
        notes.refused.push(`${session}: ${answer}`);
        return false;
      }
    }
    await setTimeout(AGAIN_MS);
  }
  return false;
}

/** A 5xx with a body of ours may be tried again; nobody there, too. */
async function attempt(url: string, body: unknown): Promise<string> {
  let status = 0;
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: headersWith(KEYS.secretKey),
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(ATTEMPT_MS),
    });
    status = response.status;
    const text = await response.text();
    if (status === 200 && !text.includes("partialSuccess")) return "ok";
    // Of Langfuse's older API: each event by itself, and none of them was refused.
    if (status === 207 && text.endsWith('"errors":[]}')) return "ok";
    if (status === 207 && /"status":503/.test(text)) return "again";
    if (status === 429 || status === 503 || (status === 207 && text.includes('"retryable":true'))) {
      return "again";
    }
    return `${status} ${text}`;
  } catch {
    return "again";
  }
}

export interface Health {
  status: string;
  dead: number;
  pending: number;
  last_error: { class: string } | null;
  delivery_problems: { code: string }[];
}

const headersWith = (secretKey: string): Record<string, string> => ({
  "content-type": "application/json",
  authorization: basic(KEYS.publicKey, secretKey),
});

/** An edge, and the secret key with which a server may ask it. */
export interface Asked {
  url: string;
  secretKey: string;
}

export async function healthOf({ url, secretKey }: Asked): Promise<Health> {
  const answer = await fetch(`${url}/api/langfuse/trace`, { headers: headersWith(secretKey) });
  return answer.json<Health>();
}

/** How many records the sessions say Langfuse does not have yet: once there are none, or so long after. */
export async function pendingAfter(
  limitMs: number,
  edge: Asked,
  plan: readonly PlannedSession[],
): Promise<number> {
  const end = Date.now() + limitMs;
  let left = plan.map(({ session }) => session);
  for (;;) {
    let all = 0;
    const still: string[] = [];
    for (const session of left) {
      const pending = await pendingOf(edge, session);
      if (pending !== 0) still.push(session);
      all += pending;
    }
    if (all === 0 || Date.now() > end) return all;
    left = still;
    await setTimeout(LOOK_MS);
  }
}

/** @param deliver also hurries what is complete */
export async function pendingOf(
  { url, secretKey }: Asked,
  sessionId: string,
  deliver = false,
): Promise<number> {
  const answer = await fetch(`${url}/api/langfuse/trace`, {
    method: "POST",
    headers: headersWith(secretKey),
    body: JSON.stringify({ action: "flush", sessionId, data: { sessionId, deliver } }),
  });
  const { pending = Number.NaN } = await answer.json<{ pending?: number }>();
  return pending;
}

/**
 * The books, once they are even and nothing is pending in them, or so long after.
 * @param pendingMs no longer is waited for what is pending
 */
export async function booksOf(
  { url, secretKey }: Asked,
  limitMs: number,
  pendingMs = limitMs,
): Promise<Books> {
  const began = Date.now();
  for (;;) {
    const answer = await fetch(`${url}/api/langfuse/outcomes`, { headers: headersWith(secretKey) });
    if (answer.status !== 200) throw new Error(`outcomes: ${answer.status} ${await answer.text()}`);
    const { totals, balance } = await answer.json<{ totals: Totals; balance: number }>();
    const tookMs = Date.now() - began;
    const isOver = balance === 0 && (totals.pending === 0 || tookMs > pendingMs);
    if (isOver || tookMs > limitMs) return { ...totals, balance };
    await setTimeout(LOOK_MS);
  }
}

/** Sends all dead letters once more; how many it were. */
export async function replayAll({ url, secretKey }: Asked): Promise<number> {
  const answer = await fetch(`${url}/api/langfuse/dead-letters/replay`, {
    method: "POST",
    headers: headersWith(secretKey),
    body: JSON.stringify({ all: true }),
  });
  if (answer.status !== 200) throw new Error(`replay: ${answer.status} ${await answer.text()}`);
  return (await answer.json<{ replayed: number }>()).replayed;
}
