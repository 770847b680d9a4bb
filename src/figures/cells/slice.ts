// All figures of one stretch of time, a minute or an hour: the cells, errors by fingerprint, Langfuse's answers, and
// how many sessions, users and objects there were. Slices add up to slices. Pure; added to in place.
import type { LangfuseCell, LangfuseCells, Slice } from "../../protocol/figures/cells.ts";
import type { LangfusePost } from "../../protocol/figures/figures-calls.ts";
import type { TurnFigures } from "../../protocol/figures/turn-figures.ts";
import type { RecordKind } from "../../protocol/record.ts";
import { addDistinct, mergeDistinct } from "../sketch/distinct.ts";
import { addValue, mergeSketch } from "../sketch/sketch.ts";
import { addGeneration, addTo, addTurn } from "./cell.ts";
import {
  type Bounds,
  cellFor,
  keyOf,
  mergeTable,
  sessionsIn,
  type Values,
  variantsText,
} from "./cell-table.ts";
import { roomFor } from "./room-for.ts";
import { addToSessions, emptySessions, mergeSessions } from "./session-table.ts";

/** Different errors of a slice; the rest is `OTHER`. */
const MAX_ERRORS = 100;
/** Different answers of Langfuse: there are about a dozen. */
const MAX_ANSWERS = 24;

export function emptySlice(): Slice {
  return {
    cells: {},
    errors: {},
    langfuse: {},
    recent: emptySessions(),
    sessions: [],
    users: [],
    objects: [],
  };
}

export function addFigures(slice: Slice, figures: TurnFigures, bounds: Bounds): void {
  const values = placeOf(figures);
  addTurn(cellFor(slice.cells, values, bounds), figures);
  for (const one of figures.generations ?? []) {
    addGeneration(cellFor(slice.cells, { ...values, model: one.model ?? "" }, bounds), one);
  }
  for (const { fingerprint, count } of figures.errors ?? []) {
    addTo(slice.errors, roomFor(slice.errors, fingerprint, MAX_ERRORS), count);
  }
  addToSessions(slice.recent, figures, keyOf(values), sessionsIn(bounds));
  if (!figures.isTurn) return;
  if (figures.session !== undefined) addDistinct(slice.sessions, figures.session);
  if (figures.user !== undefined) addDistinct(slice.users, figures.user);
}

export function addPost(slice: Slice, { kind, answer, ms }: LangfusePost): void {
  const known = slice.langfuse[kind];
  const answers = known?.answers ?? {};
  addTo(answers, roomFor(answers, answer, MAX_ANSWERS), 1);
  slice.langfuse[kind] = { answers, ms: addValue(known?.ms, Math.max(0, ms)) };
}

/** Adds another slice; that one is not changed. */
export function mergeSlice(slice: Slice, other: Slice, bounds: Bounds): void {
  mergeTable(slice.cells, other.cells, bounds);
  for (const [fingerprint, count] of Object.entries(other.errors)) {
    addTo(slice.errors, roomFor(slice.errors, fingerprint, MAX_ERRORS), count);
  }
  mergeLangfuse(slice.langfuse, other.langfuse);
  mergeSessions(slice.recent, other.recent, sessionsIn(bounds));
  mergeDistinct(slice.sessions, other.sessions);
  mergeDistinct(slice.users, other.users);
  mergeDistinct(slice.objects, other.objects);
}

export function mergeLangfuse(into: LangfuseCells, other: LangfuseCells): void {
  for (const [kind, cell] of Object.entries(other) as [RecordKind, LangfuseCell][]) {
    const known = into[kind];
    const answers = known?.answers ?? {};
    for (const [answer, count] of Object.entries(cell.answers)) {
      addTo(answers, roomFor(answers, answer, MAX_ANSWERS), count);
    }
    into[kind] = { answers, ms: mergeSketch(known?.ms, cell.ms) };
  }
}

function placeOf(figures: TurnFigures): Values {
  const { assistant = "", model = "", release = "", environment = "" } = figures;
  const { country = "", source = "", variants } = figures;
  const variant = variantsText(variants);
  return { assistant, model, release, environment, country, source, variant };
}
