// Outcomes of a request's actions: from the answers of the session objects to one outcome for each
// action, in the order sent. An action counts as kept only where its object said so. Pure.
import type { ActionRefusal } from "../../protocol/refusals.ts";
import type { AppendAnswer } from "../../protocol/session/append-calls.ts";
import type { AnswerIds, Interpreted } from "../interpret/interpreted.ts";
import { omitUndefined } from "../omit-undefined.ts";
import type { Routes } from "./route-actions.ts";

export interface Pending {
  pending: number;
  /** With `deliver` only. */
  sealed?: number;
}

/** The end of one action of a request. `id` is the client's. */
export type Outcome = (
  | { kind: "kept"; ids: AnswerIds }
  | { kind: "flushed"; pending: Pending }
  | { kind: "refused"; refusal: ActionRefusal }
) & { id?: string };

/** The result of one call. The actions of a failed call may be kept even so: dedup finds their repeat. */
export type CallResult = AppendAnswer | { failed: unknown };

const UNAVAILABLE: ActionRefusal = {
  code: "unavailable",
  message: "could not be kept just now; send it again",
};

/** `results`: one for each call of the routes, in their order. */
export function outcomesOf(
  interpreted: readonly Interpreted[],
  routes: Routes,
  results: readonly CallResult[],
): Outcome[] {
  const refusals = new Map(routes.refused);
  for (const [index, { places }] of routes.calls.entries()) {
    for (const [nth, place] of places.entries()) {
      const refusal = refusalIn(results[index], nth);
      if (refusal !== undefined) refusals.set(place, refusal);
    }
  }
  return interpreted.map((item, place): Outcome => {
    const id = omitUndefined({ id: item.id });
    const refusal = item.kind === "refused" ? item.refusal : refusals.get(place);
    if (refusal !== undefined) return { ...id, kind: "refused", refusal };
    if (item.kind === "action") return { ...id, kind: "kept", ids: item.ids };
    const { calls, deliver } = routes.flushes.get(place) ?? { calls: [], deliver: false };
    const pending = pendingOf(calls, deliver, results);
    if (pending === undefined) return { ...id, kind: "refused", refusal: UNAVAILABLE };
    return { ...id, kind: "flushed", pending };
  });
}

/** Over all that the flushes of a request speak of, each object once; undefined without a flush. */
export function flushedOf(routes: Routes, results: readonly CallResult[]): Pending | undefined {
  const flushes = [...routes.flushes.values()];
  if (flushes.length === 0) return undefined;
  const calls = [...new Set(flushes.flatMap((flush) => flush.calls))];
  return pendingOf(
    calls,
    flushes.some(({ deliver }) => deliver),
    results,
  );
}

/** Why an object did not keep the nth of the actions that went to it. */
export function refusalIn(result: CallResult | undefined, nth: number): ActionRefusal | undefined {
  if (result === undefined || "failed" in result) return UNAVAILABLE;
  const answer = result.results[nth];
  if (answer === undefined) return UNAVAILABLE;
  if (answer.status !== "refused") return undefined;
  const { code, message, retryAfter, elsewhere } = answer;
  return { code, message, ...omitUndefined({ retryAfter, elsewhere }) };
}

/** Undefined where an object did not answer. */
function pendingOf(
  calls: readonly number[],
  deliver: boolean,
  results: readonly CallResult[],
): Pending | undefined {
  const sum = { pending: 0, sealed: 0 };
  for (const index of calls) {
    const result = results[index];
    if (result === undefined || "failed" in result) return undefined;
    sum.pending += result.pending;
    sum.sealed += result.sealed;
  }
  return deliver ? sum : { pending: sum.pending };
}
