// The answer of one object to a query, out of the slices of its range; and those of several objects as one. Pure.
import type { Cell, ErrorGroup, SessionTable, Slice } from "../../protocol/figures/cells.ts";
import { DIMENSIONS, type MetricName } from "../../protocol/figures/dimensions.ts";
import type { FiguresAnswer, StepAnswer } from "../../protocol/figures/figures-answer.ts";
import type { FiguresQuery } from "../../protocol/figures/figures-calls.ts";
import { addTo, emptyCell, mergeCell } from "../cells/cell.ts";
import {
  boundsOf,
  mergeTable,
  sessionsIn,
  type Values,
  valuesIn,
  valuesOf,
} from "../cells/cell-table.ts";
import { boundsIn } from "../cells/full-table.ts";
import { emptySlice, mergeLangfuse, mergeSlice } from "../cells/slice.ts";
import { emptySessions, mergeSessions } from "../cells/session-table.ts";
import { ownOf, roomFor } from "../cells/room-for.ts";
import { mergeDistinct } from "../sketch/distinct.ts";
import { mergeGroups } from "./error-groups.ts";

/** Cells of a whole range: more than an hour's, so that a day's combinations have room … */
const RANGE_BOUNDS = boundsOf(640);
/** … and sessions in an answer, by each order. */
const MAX_SESSIONS = 50;
/** Groups of one step: a chart shows a dozen lines, and an answer has many steps. */
const MAX_STEP_GROUPS = 100;
const DAY_MS = 24 * 3_600_000;

export interface TimedSlice {
  /** Epoch ms. */
  at: number;
  slice: Slice;
}

export function emptyAnswer(): FiguresAnswer {
  return {
    shards: 1,
    cells: {},
    steps: [],
    days: {},
    errors: {},
    groups: [],
    langfuse: {},
    recent: emptySessions(),
    sessions: [],
    users: [],
    objects: [],
  };
}

/** @param slices in the order of time, of the query's range */
export function answerOf(
  slices: Iterable<TimedSlice>,
  query: FiguresQuery,
  groups: readonly ErrorGroup[] = [],
): FiguresAnswer {
  const answer = emptyAnswer();
  const recent = emptySessions();
  // The slices of a step are added up first: what follows is done once a step, and a day has 1,440 slices.
  let [begins, sum]: [number, Slice] = [-1, emptySlice()];
  const endStep = (): void => {
    if (begins < 0) return;
    addStep(answer, sum, begins, query);
    mergeSessions(recent, sum.recent, sessionsIn(RANGE_BOUNDS));
  };
  for (const { at, slice } of slices) {
    const step = query.from + Math.floor((at - query.from) / query.stepMs) * query.stepMs;
    if (step !== begins) {
      endStep();
      [begins, sum] = [step, emptySlice()];
    }
    mergeSlice(sum, slice, boundsIn(sum.cells, RANGE_BOUNDS));
  }
  endStep();
  answer.recent = fittingSessions(recent, query);
  answer.groups = groups.filter(({ fingerprint }) => Object.hasOwn(answer.errors, fingerprint));
  return answer;
}

/** The sum of the answers of all of a project's objects. */
export function mergeAnswers(answers: readonly FiguresAnswer[]): FiguresAnswer {
  const merged = emptyAnswer();
  const steps = new Map<number, StepAnswer>();
  for (const answer of answers) {
    if (answer.since !== undefined) {
      merged.since = Math.min(merged.since ?? answer.since, answer.since);
    }
    merged.shards = Math.max(merged.shards, answer.shards);
    mergeTable(merged.cells, answer.cells, boundsIn(merged.cells, RANGE_BOUNDS));
    for (const step of answer.steps) {
      const into = steps.get(step.at) ?? emptyStep(step.at);
      steps.set(step.at, into);
      mergeStep(into, step);
    }
    for (const [day, cell] of Object.entries(answer.days)) {
      mergeCell((merged.days[day] ??= emptyCell()), cell);
    }
    addAll(merged.errors, answer.errors);
    mergeLangfuse(merged.langfuse, answer.langfuse);
    if (answer.recent)
      mergeSessions((merged.recent ??= emptySessions()), answer.recent, MAX_SESSIONS);
    mergeDistinct(merged.sessions, answer.sessions);
    mergeDistinct(merged.users, answer.users);
    mergeDistinct(merged.objects, answer.objects);
  }
  merged.steps = [...steps.values()].sort((a, b) => a.at - b.at);
  merged.groups = mergeGroups(answers.map(({ groups }) => groups));
  return merged;
}

/** Whether a cell's values fit the filters. */
export function fits(values: Values, filters: FiguresQuery["filters"]): boolean {
  return DIMENSIONS.every((dimension) => {
    const wanted = filters[dimension];
    return !wanted || valuesIn(values, dimension).some((value) => wanted.includes(value));
  });
}

/** Of those that are kept, the ones whose latest turn fits. */
function fittingSessions({ cells, cut }: SessionTable, { filters }: FiguresQuery): SessionTable {
  const fitting = Object.entries(cells).filter(([, { place }]) => fits(valuesOf(place), filters));
  const table: SessionTable = emptySessions();
  mergeSessions(table, { cells: Object.fromEntries(fitting), ...(cut && { cut }) }, MAX_SESSIONS);
  return table;
}

function addStep(answer: FiguresAnswer, sum: Slice, at: number, query: FiguresQuery): void {
  const { by, filters, metrics, parts } = query;
  const step = emptyStep(at);
  answer.steps.push(step);
  mergeTable(answer.cells, sum.cells, boundsIn(answer.cells, RANGE_BOUNDS));
  const day = String(at - (at % DAY_MS));
  // Those with most turns first: they have room.
  const cells = Object.entries(sum.cells).sort(([, a], [, b]) => b.turns - a.turns);
  for (const [key, cell] of cells) {
    const values = valuesOf(key);
    if (cell.turns > 0) {
      addTo(step.releases, roomFor(step.releases, values.release, Infinity), cell.turns);
    }
    if (!fits(values, filters)) continue;
    mergeCell(step.total, forSeries(cell, undefined, parts.includes("tools")));
    if (parts.includes("cost")) {
      mergeCell((answer.days[day] ??= emptyCell()), forSeries(cell, [], false));
    }
    if (by === undefined) continue;
    for (const value of valuesIn(values, by)) {
      const group = roomFor(step.groups, value, MAX_STEP_GROUPS);
      mergeCell(cellOf(step.groups, group), forSeries(cell, metrics, false));
    }
  }
  step.errors = sum.errors;
  addAll(answer.errors, sum.errors);
  step.langfuse = sum.langfuse;
  mergeLangfuse(answer.langfuse, sum.langfuse);
  mergeDistinct(answer.sessions, sum.sessions);
  mergeDistinct(answer.users, sum.users);
  mergeDistinct(answer.objects, sum.objects);
}

/** The cell with no more than a series shows: an answer has many of them. */
function forSeries(cell: Cell, metrics: readonly MetricName[] | undefined, tools: boolean): Cell {
  const { tools: all, scores: _s, categories: _c, turnCost: _d, turnTokens: _t, ...rest } = cell;
  const kept = metrics?.flatMap((name) => (cell.metrics[name] ? [[name, cell.metrics[name]]] : []));
  return {
    ...rest,
    ...(kept && { metrics: Object.fromEntries(kept) as Cell["metrics"] }),
    ...(tools && all && { tools: all }),
  };
}

function emptyStep(at: number): StepAnswer {
  return { at, total: emptyCell(), groups: {}, errors: {}, langfuse: {}, releases: {} };
}

function mergeStep(into: StepAnswer, other: StepAnswer): void {
  mergeCell(into.total, other.total);
  for (const [value, cell] of Object.entries(other.groups)) {
    mergeCell(cellOf(into.groups, value), cell);
  }
  addAll(into.errors, other.errors);
  addAll(into.releases, other.releases);
  mergeLangfuse(into.langfuse, other.langfuse);
}

function cellOf(groups: StepAnswer["groups"], value: string): Cell {
  return (groups[value] = ownOf(groups, value) ?? emptyCell());
}

function addAll(counts: Record<string, number>, more: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(more)) addTo(counts, name, count);
}
