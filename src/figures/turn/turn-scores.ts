// Scores as figures: numbers, and categories by their text. A user's own words are no figure. Pure.
import { isObject } from "../../otlp/json.ts";
import type { ScoreFigures } from "../../protocol/figures/turn-figures.ts";
import type { ScoreRecord } from "../../protocol/record.ts";
import { label } from "./labels.ts";
import { parsedJson } from "./numbers-in.ts";

const MAX_NAME_LENGTH = 60;
const MAX_CATEGORY_LENGTH = 60;

export interface ReadScore {
  trace: string;
  score?: ScoreFigures;
}

/** Undefined for a score of a session, or of nothing that is known. */
export function readScore({ body }: Pick<ScoreRecord, "body">): ReadScore | undefined {
  const told = parsedJson(body);
  if (!isObject(told)) return undefined;
  const { traceId, name, value, dataType } = told;
  if (typeof traceId !== "string" || traceId === "" || typeof name !== "string") return undefined;
  const score = (one: number | string): ReadScore => ({
    trace: traceId,
    score: { name: label(name, MAX_NAME_LENGTH) ?? "score", value: one },
  });
  if (typeof value === "boolean") return score(value ? 1 : 0);
  if (typeof value === "number" && Number.isFinite(value)) return score(value);
  if (typeof value === "string" && dataType !== "TEXT" && dataType !== "CORRECTION") {
    return score(label(value, MAX_CATEGORY_LENGTH) ?? "");
  }
  return { trace: traceId };
}
