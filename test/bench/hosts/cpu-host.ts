// What the pure rooms cost, by themselves: time and bytes for an action, at growing sizes. Started
// with the collector exposed, and with room for all that a batch allocates before it collects.
import { interpret } from "../../../src/edge/interpret/interpret.ts";
import { readEnvelope } from "../../../src/edge/trace/read-envelope.ts";
import { requestBody, encode } from "../../../src/langfuse/encode.ts";
import type { Action } from "../../../src/protocol/change.ts";
import type { SealedRecord } from "../../../src/protocol/record.ts";
import { advance } from "../../../src/session/deadlines/advance.ts";
import { applyEntry, type Entry } from "../../../src/session/journal/entries.ts";
import { entryLine } from "../../../src/session/journal/rebuild.ts";
import { emptyState, type SessionState } from "../../../src/session/state.ts";
import { readSettings } from "../../../src/settings/index.ts";
import { tenActions } from "../load/workloads.ts";
import { median } from "../statistics.ts";
import { answerCalls } from "./child.ts";

const STEPS = ["interpret", "fold", "journal", "seal", "to-otlp"] as const;
export type Step = (typeof STEPS)[number];

/** For an action. */
export interface Cost {
  micros: number;
  bytes: number;
}

/** By step, at each size. */
export type Costs = Record<Step, Cost[]>;

// oxlint-disable-next-line typescript/consistent-type-definitions -- an interface has no index signature
export type CpuCalls = {
  /** @param sizes actions in a batch @param batches of which the median is taken */
  measure(sizes: number[], batches: number, warmUp: number): Promise<Costs>;
};

const NOW = Date.now();
const settings = readSettings({});
/** A second after the last arrival: every ended trace is due. */
const LATER_MS = 1000;

/** Bodies of requests of 20 actions each, as text. */
function requestsOf(actions: number): string[] {
  return Array.from({ length: actions / 20 }, (_, n) =>
    JSON.stringify({
      sessionId: "session",
      sentAt: NOW,
      actions: [0, 1].flatMap((half) => tenActions(`ui2-${NOW}-${n}-${half}`, "session")),
    }),
  );
}

function understand(text: string): Action[] {
  const surroundings = { traceIdFormat: settings.traceIdFormat, now: NOW };
  const read = readEnvelope(JSON.parse(text), surroundings, 1000);
  if ("code" in read) throw new Error(read.message);
  return read.actions.map((raw) => {
    const one = interpret(raw, read.envelope, surroundings);
    if (one.kind !== "action") throw new Error(`${one.kind}: ${JSON.stringify(raw)}`);
    return one.action;
  });
}

const entryOf = (actions: Action[]): Entry => ({
  k: "append",
  t: NOW,
  arrival: { writer: "browser", sessionId: "session", sentAt: NOW, actions },
});

function folded(entries: readonly Entry[]): SessionState {
  const state = emptyState("pk-lf-bench", settings.assembly);
  for (const entry of entries) applyEntry(state, entry);
  return state;
}

interface Prepared {
  texts: string[];
  entries: Entry[];
  /** To be sealed: used once. */
  state: SessionState;
  records: readonly SealedRecord[];
}

function prepare(actions: number): Prepared {
  const texts = requestsOf(actions);
  const entries = texts.map((text) => entryOf(understand(text)));
  const sealed = folded(entries);
  advance(sealed, NOW + LATER_MS);
  return { texts, entries, state: folded(entries), records: [...sealed.outbox] };
}

const WORK: Record<Step, (prepared: Prepared) => unknown> = {
  interpret: ({ texts }) => texts.map(understand),
  fold: ({ entries }) => folded(entries),
  journal: ({ entries }) => entries.map(entryLine),
  seal: ({ state }) => advance(state, NOW + LATER_MS),
  "to-otlp": ({ records }) =>
    requestBody(
      "observation",
      records.map((record) => encode(record).text),
    ),
};

/** Kept, so that no work is seen to be useless. */
let result: unknown;

function once(step: Step, actions: number): Cost {
  const prepared = prepare(actions);
  globalThis.gc?.();
  const heap = process.memoryUsage().heapUsed;
  const began = performance.now();
  result = WORK[step](prepared);
  const micros = (performance.now() - began) * 1000;
  const bytes = process.memoryUsage().heapUsed - heap;
  return { micros: micros / actions, bytes: bytes / actions };
}

const calls: CpuCalls = {
  async measure(sizes, batches, warmUp) {
    for (const step of STEPS) for (let n = 0; n < warmUp; n += 1) once(step, sizes[0] ?? 20);
    const costs = Object.fromEntries(
      STEPS.map((step) => [
        step,
        sizes.map((size) => {
          const all = Array.from({ length: batches }, () => once(step, size));
          return {
            micros: median(all.map(({ micros }) => micros)),
            // What a collection took away in between would be counted as saved.
            bytes: median(all.map(({ bytes }) => bytes).filter((bytes) => bytes > 0)),
          };
        }),
      ]),
    ) as Costs;
    result = undefined;
    return costs;
  },
};
answerCalls(calls, async () => void result);
