// The parts of a trace that can be sealed: its root, what is complete, what came late, and one by its name.
// Reads only; no I/O, no clock.
import { isTop } from "./legacy.ts";
import type { Draft, ScoreDraft, Trace } from "./assembly-state.ts";

/** Something of a trace that can be sealed. */
export type Part = { of: "drafts" | "late"; draft: Draft } | { of: "scores"; draft: ScoreDraft };

export function partNamed(trace: Trace, id: string, createdSeq: number): Part | undefined {
  for (const part of ["drafts", "late"] as const) {
    const draft = trace[part].get(id);
    if (draft?.createdSeq === createdSeq) return { of: part, draft };
  }
  const draft = trace.scores.get(id);
  return draft?.createdSeq === createdSeq ? { of: "scores", draft } : undefined;
}

export function rootOf(trace: Trace): Part[] {
  const draft = trace.drafts.get(trace.rootId);
  return draft?.created === true ? [{ of: "drafts", draft }] : [];
}

/** The trace record of legacy clients. */
export function recordOf({ drafts, legacy }: Trace): Part[] {
  const draft = drafts.get(legacy?.record ?? "");
  return draft?.created === true ? [{ of: "drafts", draft }] : [];
}

export function completeOf(trace: Trace, abandoned: boolean): Part[] {
  // Work goes by what is sealed, not by what is open beside it.
  const drafts = abandoned ? [...trace.drafts.values()] : inOrder(trace, trace.ready);
  const observations = drafts.filter(({ id, created }) => !isTop(trace, id) && created);
  return [
    ...observations.map((draft): Part => ({ of: "drafts", draft })),
    ...Array.from(trace.scores.values(), (draft): Part => ({ of: "scores", draft })),
  ];
}

export function lateOf(trace: Trace): Part[] {
  return [
    ...Array.from(trace.late.values(), (draft): Part => ({ of: "late", draft })),
    ...inOrder(trace, trace.unseen).map((draft): Part => ({ of: "drafts", draft })),
  ];
}

export function partsOf(trace: Trace): Part[] {
  const drafts = Array.from(trace.drafts.values(), (draft): Part => ({ of: "drafts", draft }));
  const late = Array.from(trace.late.values(), (draft): Part => ({ of: "late", draft }));
  const scores = Array.from(trace.scores.values(), (draft): Part => ({ of: "scores", draft }));
  return [...drafts, ...late, ...scores];
}

function inOrder({ drafts }: Trace, ids: ReadonlySet<string>): Draft[] {
  const found = Array.from(ids, (id) => drafts.get(id));
  return found.filter((draft) => draft !== undefined).sort((a, b) => a.createdSeq - b.createdSeq);
}
