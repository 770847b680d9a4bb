// What each measured quantity is, for somebody who sees it for the first time. Pure.
import { METRICS, type MetricName } from "../../protocol/figures/dimensions.ts";
import { plain, UNKNOWN } from "../format/number.ts";
import { duration } from "../format/time.ts";

export interface MetricInfo {
  name: MetricName;
  title: string;
  /** From when to when it is counted. */
  why: string;
}

/** In the order of a turn. */
export const METRIC_INFOS: readonly MetricInfo[] = [
  {
    name: "time_to_first_token",
    title: "Time to first token",
    why: "From the request until the first words: what a user waits.",
  },
  {
    name: "turn",
    title: "Whole turn",
    why: "From the click until the answer is complete.",
  },
  {
    name: "frontend_processing",
    title: "Frontend processing",
    why: "From the click until the request goes out: interface, checks, saving.",
  },
  {
    name: "proxy_flush",
    title: "Flush",
    why: "Until the edge has kept the turn's beginning. No answer waits for it.",
  },
  {
    name: "network",
    title: "Network",
    why: "From the request until the backend's first response.",
  },
  {
    name: "streaming",
    title: "Streaming",
    why: "From the first token to the last.",
  },
  {
    name: "chunks_per_second",
    title: "Streaming rate",
    why: "Chunks of the answer that come in a second.",
  },
  {
    name: "tokens_per_second",
    title: "Model speed",
    why: "Output tokens in a second of streaming.",
  },
  {
    name: "generation",
    title: "One generation",
    why: "Each call of a model, from start to end; a turn may have several.",
  },
];

export const infoOf = (name: MetricName): MetricInfo =>
  METRIC_INFOS.find((one) => one.name === name) ?? { name, title: name, why: "" };

export const isTime = (name: MetricName): boolean => METRICS[name] === "ms";

/** Of rates, less is worse: their slow end is the low one. */
export const isLessBetter = (name: MetricName): boolean => isTime(name);

/** A value with its unit. */
export function valueOf(name: MetricName, value: number | null | undefined): string {
  if (value === null || value === undefined) return UNKNOWN;
  return isTime(name) ? duration(value) : `${plain(value)} /s`;
}
