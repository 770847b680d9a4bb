// The answer of the read API out of the sums of a project's objects. Pure.
import type { FiguresAnswer } from "../../protocol/figures/figures-answer.ts";
import type { FiguresBody } from "../../protocol/figures/figures-body.ts";
import type { FiguresQuery } from "../../protocol/figures/figures-calls.ts";
import { costBody } from "./cost.ts";
import { errorsBody } from "./errors.ts";
import { experimentsBody } from "./experiments.ts";
import { fittingCells, speedBody, type Steps } from "./speed.ts";
import { toolsBody } from "./tools.ts";

/** All but the delivery part, which the project's books belong to. */
/** @param content whether words of errors are shown, which may quote payloads */
export function figuresBody(
  answer: FiguresAnswer,
  query: FiguresQuery,
  now: number,
  content: boolean,
): FiguresBody {
  const { parts } = query;
  const steps = stepsOf(answer, query);
  const fitting = fittingCells(answer.cells, query);
  return {
    at: isoOf(now),
    from: isoOf(query.from),
    to: isoOf(query.to),
    step: query.stepMs / 1000,
    times: Array.from(steps, (_, index) => (query.from + index * query.stepMs) / 1000),
    by: query.by ?? null,
    since: answer.since === undefined ? null : isoOf(answer.since),
    ...(parts.includes("speed") && speedBody(answer, query, steps)),
    ...(parts.includes("tools") && { tools: toolsBody(answer, query, steps) }),
    ...(parts.includes("experiments") && { experiments: experimentsBody(fitting) }),
    ...(parts.includes("cost") && { cost: costBody(answer, fitting) }),
    ...(parts.includes("errors") && { errors: errorsBody(answer, steps, content) }),
  };
}

/** One for each step of the range, undefined where nothing was. */
export function stepsOf({ steps }: FiguresAnswer, { from, to, stepMs }: FiguresQuery): Steps {
  const byTime = new Map(steps.map((step) => [step.at, step]));
  const count = Math.max(0, Math.ceil((to - from) / stepMs));
  return Array.from({ length: count }, (_, index) => byTime.get(from + index * stepMs));
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}
