// Every figure that a state keeps up by hand, counted anew from what it holds. For every property test,
// after every step.
import { expect } from "vitest";
import { phaseOf } from "../../../src/session/assembly/draft.ts";
import { balanceOf } from "../../../src/protocol/books/figures.ts";
import { reportOf } from "../../../src/session/dead-letters/books.ts";
import { lengthOf } from "../../../src/session/assembly/order-key.ts";
import type { SessionState } from "../../../src/session/state.ts";
import type { Trace } from "../../../src/session/assembly/assembly-state.ts";

const sum = (numbers: Iterable<number>): number => {
  let total = 0;
  for (const one of numbers) total += one;
  return total;
};

function figuresOf(trace: Trace): unknown {
  const { open, resting, size, completeSize, ready, unseen } = trace;
  const { completeSince, lateSince } = trace;
  return {
    open,
    resting,
    size,
    completeSize,
    ready: [...ready].toSorted(),
    unseen: [...unseen].toSorted(),
    hasComplete: completeSince !== undefined,
    hasLate: lateSince !== undefined,
  };
}

function recounted(trace: Trace): unknown {
  const drafts = [...trace.drafts.values()];
  const observations = drafts.filter(
    ({ id }) => id !== trace.rootId && id !== trace.legacy?.record,
  );
  const ids = (phase: string, of = observations): string[] =>
    of.filter((draft) => phaseOf(draft) === phase).map(({ id }) => id);
  const scores = Array.from(trace.scores.values(), ({ body }) => lengthOf(body));
  const sizes = [...drafts, ...trace.late.values()].map(({ size }) => size);
  const complete = observations.filter((draft) => phaseOf(draft) === "complete");
  const unseen = ids("unseen", drafts);
  return {
    open: ids("open").length,
    resting: observations.filter(
      (draft) =>
        phaseOf(draft) === "open" && draft.legacyAt !== undefined && draft.fields.has("output"),
    ).length,
    size: sum(sizes) + sum(scores),
    completeSize: sum(complete.map(({ size }) => size)) + sum(scores),
    ready: ids("complete").toSorted(),
    unseen: unseen.toSorted(),
    hasComplete: complete.length + scores.length > 0,
    hasLate: unseen.length + trace.late.size > 0,
  };
}

/** Fails where a figure is not what it counts, or an accepted action is not accounted for. */
export function recount(state: SessionState): void {
  const live = [...state.openTraces.values()];
  for (const trace of live) expect(figuresOf(trace)).toEqual(recounted(trace));
  const drafts = live.flatMap(({ drafts: own, late }) => [...own.values(), ...late.values()]);
  const scores = live.flatMap((trace) => [...trace.scores.values()]);
  const { counts, deadLetters, outbox } = state;
  const remembered = [...live, ...state.sealedTraces.values()].map(({ sealed }) => sealed.size);
  expect({
    assembling: state.assembling,
    assemblingSize: state.assemblingSize,
    outboxSize: state.outboxSize,
    deadSize: state.deadSize,
    remembered: state.remembered,
    dead: counts.dead,
  }).toEqual({
    assembling: drafts.length + scores.length,
    assemblingSize: sum(live.map(({ size }) => size)),
    outboxSize: sum(outbox.map(({ size }) => size)),
    deadSize: sum(deadLetters.map(({ record }) => record.size)),
    remembered: sum(remembered),
    dead: sum(deadLetters.map(({ record }) => record.actions)),
  });
  const held = sum([...drafts, ...scores, ...outbox].map(({ actions }) => actions));
  const gone = counts.delivered + counts.dead + sum(counts.dropped.values());
  expect(counts.accepted, "accepted = held + gone").toBe(held + gone);
  const report = reportOf(state);
  if (report !== undefined) {
    expect(balanceOf(report.figures), "what is reported balances").toBe(0);
    expect(report.figures["pending"] ?? 0).toBe(held);
  }
  const ordinals = [...drafts, ...scores].map(({ createdSeq }) => createdSeq);
  const all = [...ordinals, ...outbox.map(({ ordinal }) => ordinal)];
  expect(new Set(all).size, "one name a record").toBe(all.length);
}
