// Token usage and cost of an answer. Counts of one model call are told again and again, the later the
// better; those of several calls add up.
import type { Answered } from "./answered.ts";
import type { Loose } from "./loose.ts";

interface Numbers {
  [name: string]: number | Numbers | unknown[];
}

/** Token counts only; seconds, searches and the like are none. */
const COUNTS = /token|eval_count|cache_creation|^((in|out)put|total|cost)$/i;
/** xAI's unit of cost: https://docs.x.ai/developers/cost-tracking */
const TICKS_PER_DOLLAR = 1e10;

type Join = (one: number, other: number) => number;
const sum: Join = (one, other) => one + other;
/** The zeros that some gateways end with say nothing. */
const latest: Join = (one, other) => other || one;

function joined(one: Numbers, other: Loose | Numbers, join: Join): Numbers {
  const all = { ...one };
  for (const [name, value] of Object.entries(other)) {
    const known = all[name] ?? 0;
    if (typeof value === "number") all[name] = join(known as number, value);
    // Gemini's counts by modality: parts of what is told beside them.
    else if (Array.isArray(value)) all[name] = value;
    else if (value && typeof value === "object") {
      all[name] = joined(Object(known) as Numbers, value, join);
    }
  }
  return all;
}

const weight = (numbers: Numbers): number =>
  Object.values(numbers).reduce<number>(
    (all, value) =>
      all + (typeof value === "number" ? value : Array.isArray(value) ? 0 : weight(value)),
    0,
  );

export function createUsage(answered: Answered) {
  let before: Numbers = {};
  let current: Numbers = {};
  const sofar = (): Numbers => joined(before, current, sum);
  return {
    /** Another model call begins. */
    next(): void {
      before = sofar();
      current = {};
    },
    /** `isTotal`: counts here are those of all calls. */
    read(told: Loose, isTotal: boolean): void {
      const cost = told.cost?.total_cost ?? told.cost;
      const ticks = told.cost_in_usd_ticks as number | undefined;
      const all = { ...told, cost: cost ?? (ticks && ticks / TICKS_PER_DOLLAR) };
      const read = joined(
        {},
        Object.fromEntries(Object.entries(all).filter(([name]) => COUNTS.test(name))) as Numbers,
        latest,
      );
      if (!isTotal) current = joined(current, read, latest);
      else if (weight(read) >= weight(sofar())) {
        current = joined(sofar(), read, latest);
        before = {};
      }
      const { cost: dollars, ...usage } = sofar();
      if (weight(usage)) answered.usage = usage;
      if (typeof dollars === "number" && dollars > 0) answered.cost = { total: dollars };
    },
  };
}
