// A chat turn against real objects in workerd, step by step, with the clock in the test's hands.
import { createExecutionContext, createMessageBatch, getQueueResult, reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, vi } from "vitest";
import type { Change, ScoreChange } from "../../src/protocol/change.ts";
import {
  langfuseObservationId,
  langfuseTraceId,
  objectName,
  rootObservationId,
} from "../../src/protocol/ids.ts";
import type { AppendRequest } from "../../src/protocol/session/append-calls.ts";
import type { Claim } from "../../src/protocol/session/lease-calls.ts";

export const PROJECT = "pk-lf-sink";
/** Long after the real time: an alarm that is armed by the moved clock never runs by itself. */
export const START = Date.UTC(2036, 0, 1);

/** Only the date stands still; timers and the platform go on. */
function stopClock(): void {
  vi.useFakeTimers({ toFake: ["Date"], now: START });
}
/** Each test of the file begins at the same moment, with nothing stored. */
export function eachOnItsOwn(): void {
  beforeEach(stopClock);
  afterEach(async () => {
    vi.restoreAllMocks();
    vi.useRealTimers();
    await reset();
  });
}
export function moveClock(seconds: number): void {
  vi.setSystemTime(Date.now() + seconds * 1000);
}

/** Only ends a test that hangs. */
const LIMIT_MS = 60_000;

/** Looks until there is nothing to complain of: what the platform does by itself. The clock stands meanwhile. */
export async function eventually<T>(look: () => T | Promise<T>): Promise<T> {
  const began = performance.now();
  for (;;) {
    try {
      return await look();
    } catch (error) {
      if (performance.now() - began > LIMIT_MS) throw error;
    }
    await scheduler.wait(5);
  }
}

/** Seconds after which an evicted object lends again what a lease from before may have held. */
export const AFTER_EVICTION = 50;

let sessions = 0;
/** An object of its own for each test. */
export function newSession() {
  sessions += 1;
  const value = `session-${sessions}`;
  const name = objectName({ project: PROJECT, owner: "anonymous", kind: "session", value });
  const id = env.SESSION.idFromName(name);
  // Each call takes a fresh stub: one that saw an eviction stays broken.
  return { value, id, stub: () => env.SESSION.get(id) };
}
export type TestSession = ReturnType<typeof newSession>;

const TRACE = "ui2-1671234567890-abc123";

const change = (raw: string, op: Change["op"], fields: Change["fields"] = {}): Change => ({
  kind: "change",
  op,
  trace: langfuseTraceId(raw),
  rawTrace: raw,
  target: rootObservationId(langfuseTraceId(raw)),
  root: true,
  fields,
});
export const traceChange = (op: Change["op"], raw = TRACE): Change => change(raw, op);
export const spanChange = (op: Change["op"], id: string, raw = TRACE): Change => {
  const { root: _root, ...rest } = change(raw, op, op === "create" ? { name: id } : {});
  return {
    ...rest,
    target: langfuseObservationId(langfuseTraceId(raw), id),
    rawTarget: id,
    ...(op === "create" && { type: "span" as const }),
  };
};

/** The steps of a turn, as requests that number their actions from 1. */
export function turnSteps(raw = TRACE): Change[] {
  return [
    traceChange("create", raw),
    spanChange("create", "ui", raw),
    spanChange("end", "ui", raw),
    spanChange("create", "call", raw),
    spanChange("end", "call", raw),
    traceChange("end", raw),
  ];
}

export function request(changes: readonly (Change | ScoreChange)[], firstSeq = 1): AppendRequest {
  return {
    project: PROJECT,
    writer: "browser",
    clientId: "tab",
    actions: changes.map((one, index) => ({
      seq: firstSeq + index,
      at: Date.now() + index,
      change: one,
    })),
  };
}

/** Sends a turn in one request and waits until it is sealed. */
export async function sendTurn(session: TestSession, firstSeq = 1, raw = TRACE): Promise<void> {
  await session.stub().append(request(turnSteps(raw), firstSeq));
  moveClock(2);
}

export const claimOf = (session: TestSession): Claim => ({
  v: 1,
  project: PROJECT,
  object: session.id.toString(),
});

/** Hands claims to the Worker's queue handler as one batch; what it did with them. */
export async function consumeClaims(...claims: unknown[]) {
  const batch = createMessageBatch(
    "langfuse-edge-claims",
    claims.map((body, index) => ({
      id: `message-${index}`,
      timestamp: new Date(),
      attempts: 1,
      body,
    })),
  );
  const ctx = createExecutionContext();
  const { default: worker } = await import("../../src/dev.ts");
  await worker.queue?.(batch, env, ctx);
  return getQueueResult(batch, ctx);
}

const sink = () => env.SINK.get(env.SINK.idFromName("sink"));

/** Spans that the sink has, by name and copies, and its findings. */
export async function received(): Promise<{ spans: string[]; findings: string[] }> {
  const traces = await sink().traces(100);
  const findings = await sink().findings();
  return {
    spans: traces.flatMap(({ nodes }) =>
      nodes.map(({ observation, copies }) => `${observation.name} x${copies}`),
    ),
    findings: findings.map(({ kind }) => kind),
  };
}

export const behave = (behaviour: Parameters<ReturnType<typeof sink>["behave"]>[0]) =>
  sink().behave(behaviour);
