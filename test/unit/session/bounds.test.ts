// Every collection of a session's state has a bound, however long and hostile the session is.
import { describe, expect, it } from "vitest";
import type { Change } from "../../../src/protocol/change.ts";
import { langfuseTraceId, rootObservationId } from "../../../src/protocol/ids.ts";
import { MAX_METADATA_KEYS, MAX_OPEN_TRACES, MAX_TAGS } from "../../../src/protocol/limits.ts";
import { advance } from "../../../src/session/deadlines/advance.ts";
import { DeadlineQueue } from "../../../src/session/deadlines/deadline-queue.ts";
import {
  MAX_CLIENTS,
  MAX_DEAD_LETTERS,
  MAX_EARLIER_DEATHS,
  MAX_IDS,
  MAX_NOTES,
  MAX_RANGES,
  MAX_REMEMBERED,
  MAX_SPAN_IDS,
} from "../../../src/session/bounds.ts";
import { applyEntry, toJournal } from "../../../src/session/journal/entries.ts";
import { ATTRIBUTES_KEPT } from "../../../src/session/assembly/archive.ts";
import { MAX_OVERFLOWED } from "../../../src/session/quota/overflow.ts";
import type { SessionState } from "../../../src/session/state.ts";
import { appendActions } from "../../../src/session/append.ts";
import { appendSpans } from "../../../src/session/spans/append-spans.ts";
import { NOW } from "./arbitrary.ts";
import { complete, ORIGINS, spansRequest } from "./spans/spanning.ts";
import { span, trace } from "./story.ts";
import { fresh, TERMS } from "./support.ts";

/** Fields of a change, and what a late record may add of its trace. */
const FIELDS = 16;
const MAX_TRACE_CLIENTS = 32;
const MAX_WRITERS = 8;
/** Records that the test leaves undelivered at a time. */
const ROUND = 500;

const ofRegister = { rest: MAX_WRITERS };
const ofDraft = {
  fields: FIELDS,
  "fields.*.rest": MAX_WRITERS,
  metadata: MAX_METADATA_KEYS + FIELDS,
  "metadata.*.rest": MAX_WRITERS,
  "type.rest": MAX_WRITERS,
  "parent.rest": MAX_WRITERS,
  notes: MAX_NOTES,
};
const under = (path: string, bounds: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(bounds).map(([key, most]) => [`${path}.${key}`, most]));
const ofTrace = {
  fields: FIELDS,
  ...under("fields.*", ofRegister),
  tags: MAX_TAGS,
  metadata: MAX_METADATA_KEYS,
  ...under("metadata.*", ofRegister),
  drafts: ROUND,
  ...under("drafts.*", ofDraft),
  scores: ROUND,
  ...under("scores.*.body", ofRegister),
  late: ROUND,
  ...under("late.*", ofDraft),
  sealed: MAX_REMEMBERED,
  clients: MAX_TRACE_CLIENTS,
  ready: ROUND,
  unseen: ROUND,
};
const BOUNDS: Record<string, number> = {
  openTraces: MAX_OPEN_TRACES,
  ...under("openTraces.*", ofTrace),
  sealedTraces: MAX_REMEMBERED,
  ...under("sealedTraces.*", ofTrace),
  recentTraceIds: ATTRIBUTES_KEPT,
  clients: MAX_CLIENTS,
  "clients.*.seen": MAX_RANGES,
  ids: MAX_IDS,
  spanIds: MAX_SPAN_IDS,
  origins: 4 * ROUND,
  overflowed: MAX_OVERFLOWED,
  overflowedSessions: MAX_OVERFLOWED,
  "overflowedSessions.*": 2,
  outbox: 4 * ROUND,
  setAside: 4 * ROUND,
  unwritten: 4 * ROUND,
  deadLetters: MAX_DEAD_LETTERS,
  replayed: MAX_DEAD_LETTERS,
  "replayed.*.earlier": MAX_EARLIER_DEATHS,
  "counts.dropped": 4,
};

/** Checks each collection that can be reached, by its path; those of records are the wire's. */
function check(value: unknown, path: string): void {
  if (typeof value !== "object" || value === null || value instanceof DeadlineQueue) return;
  if (path === "outbox.*" || path === "deadLetters.*" || path === "clients.*.seen.*") return;
  if (path.endsWith(".s")) return;
  const below = (key: string): string => (path === "" ? key : `${path}.${key}`);
  if (value instanceof Map || value instanceof Set || Array.isArray(value)) {
    const size = Array.isArray(value) ? value.length : value.size;
    expect(BOUNDS, `no bound for ${path}`).toHaveProperty([path]);
    expect(size, path).toBeLessThanOrEqual(BOUNDS[path] ?? 0);
    for (const item of value.values()) check(item, below("*"));
    return;
  }
  for (const [key, item] of Object.entries(value)) check(item, below(key));
}

const of = (raw: string, change: Change): Change => {
  const id = langfuseTraceId(raw);
  return { ...change, trace: id, ...(change.root && { target: rootObservationId(id) }) };
};

/** The nth request of a session that lasts: much that is new, and much that never ends. */
function requestOf(n: number): Change[] {
  const raw = `trace-${n % 3 === 0 ? 0 : n}`;
  const notes = Array.from({ length: 5 }, (_, index) => `note ${n}-${index}`);
  return [
    of(raw, trace("create", { tags: [`tag-${n}`], metadata: [[`key-${n}`, `${n}`]], notes })),
    of(raw, span("create", `span-${n % 9}`, { type: "event", metadata: [[`m-${n}`, "v"]], notes })),
    of("trace-0", span("update", "shared", { fields: { output: `${n}` }, notes })),
    of(raw, trace("end", { traceFields: { userId: `user-${n}` } })),
  ];
}

function deliver(state: SessionState, t: number, dead: boolean): void {
  advance(state, t);
  const last = state.outbox.at(-1);
  if (last === undefined) return;
  applyEntry(state, { k: "lease", t, upTo: last.seq, until: t + 1 });
  const ordinals = state.outbox.map(({ ordinal }) => ordinal);
  const verdicts = ordinals.map((ordinal) => ({ ordinal, reason: "refused", message: "no" }));
  const settle = {
    lease: state.leases,
    delivered: dead ? [] : ordinals,
    dead: dead ? verdicts : [],
  };
  applyEntry(state, { k: "settle", t, settle });
}

describe("a session's memory", () => {
  it("has a bound for all that it consists of", () => {
    const state = fresh();
    for (let n = 0; n < 20_000; n += 1) {
      const t = NOW + n * 200;
      const change = {
        kind: "score",
        trace: langfuseTraceId(`scored-${n}`),
        id: `score-${n}`,
        body: "{}",
      } as const;
      const actions = [...requestOf(n), change].map((one, index) => ({
        id: `action-${n}-${index}`,
        // Every second number is missing.
        seq: 2 * n + 20 * index,
        change: one,
      }));
      const request = {
        project: "pk",
        writer: "server" as const,
        sessionId: "session",
        clientId: `tab-${n % 2 === 0 ? 0 : n % 700}`,
        actions,
      };
      appendActions(state, request, TERMS, t);
      const spans = spansRequest([complete(String(n), "a", { origin: `origin-${n}` })]);
      spans.spans.origins = { [`origin-${n}`]: ORIGINS.a };
      appendSpans(state, spans, spans.spans, TERMS, t);
      if (n % 100 === 99) {
        deliver(state, t, n % 300 === 299);
        toJournal(state, []);
        if (n % 2_000 === 1_999) check(state, "");
      }
    }
    check(state, "");
    expect(state.remembered).toBeLessThanOrEqual(MAX_REMEMBERED);
  });

  it("of the deadline queue is of its traces: one that is removed waits no more", () => {
    const deadlines = new DeadlineQueue();
    deadlines.wait("tab", "one");
    deadlines.wait("tab", "two");
    deadlines.remove("one");
    deadlines.wait("other", "two");
    expect(deadlines.released("tab")).toEqual([]);
    expect(deadlines.released("other")).toEqual(["two"]);
  });
});
