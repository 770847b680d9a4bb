// The question of a view to `GET /api/langfuse/figures`, out of what is chosen. Pure.
import {
  DIMENSIONS,
  type Dimension,
  METRIC_NAMES,
  type MetricName,
} from "../../protocol/figures/dimensions.ts";
import type { Choices } from "../shell/route.ts";
import type { Field } from "../shell/field.ts";

export const FIGURES_PATH = "/api/langfuse/figures";

export const RANGES = [
  { value: "1h", label: "last hour", ms: 3_600_000 },
  { value: "6h", label: "last 6 hours", ms: 6 * 3_600_000 },
  { value: "24h", label: "last 24 hours", ms: 24 * 3_600_000 },
  { value: "7d", label: "last 7 days", ms: 7 * 86_400_000 },
  { value: "30d", label: "last 30 days", ms: 30 * 86_400_000 },
] as const;

const DEFAULT_RANGE = RANGES[0];

export type Part = "speed" | "tools" | "experiments" | "cost" | "errors" | "delivery";

export interface Question {
  part: readonly Part[];
  by?: Dimension | undefined;
  metric?: readonly MetricName[];
  /** Other bounds than what is chosen, epoch ms. */
  step?: number;
}

/** `now`: the reader's clock, to the second: so that a question asked again may be known. */
export function figuresUrl(
  { part, by, metric = [], step }: Question,
  choices: Choices,
  now: number,
): string {
  const params = new URLSearchParams();
  const range = RANGES.find(({ value }) => value === choices["range"]) ?? DEFAULT_RANGE;
  params.set("from", String(Math.floor((now - range.ms) / 1000) * 1000));
  params.set("part", part.join());
  if (by !== undefined) params.set("by", by);
  if (step !== undefined) params.set("step", String(step));
  for (const name of metric) params.append("metric", name);
  for (const dimension of DIMENSIONS) {
    const chosen = choices[dimension];
    if (chosen !== undefined) params.append(dimension, chosen === NONE ? "" : chosen);
  }
  return `${FIGURES_PATH}?${params.toString()}`;
}

/** In the address: a turn without such a value. */
export const NONE = "(none)";

export const DIMENSION_TITLES: Readonly<Record<Dimension, string>> = {
  assistant: "Assistant",
  model: "Model",
  release: "Release",
  environment: "Environment",
  country: "Country",
  source: "Source",
  variant: "Variant",
};

export const rangeField: Field = {
  kind: "select",
  name: "range",
  label: "When",
  options: RANGES.map(({ value, label }, i) => ({ value: i === 0 ? "" : value, label })),
};

/** Dimensions of which there is more than one value, or one is chosen. */
export function dimensionFields(
  dimensions:
    | Readonly<Partial<Record<Dimension, readonly { value: string; turns: number }[]>>>
    | undefined,
  choices: Choices,
): Field[] {
  return DIMENSIONS.flatMap((name): Field[] => {
    const values = (dimensions?.[name] ?? []).map(({ value }) => value);
    if (values.length < 2 && choices[name] === undefined) return [];
    const options = values.map((value) => ({
      value: value === "" ? NONE : value,
      label: valueTitle(value),
    }));
    return [
      {
        kind: "select",
        name,
        label: DIMENSION_TITLES[name],
        options: [{ value: "", label: "all" }, ...options],
      },
    ];
  });
}

/** A dimension's value as it is shown. */
export function valueTitle(value: string): string {
  if (value === "") return NONE;
  return value === "…" ? "all others" : value;
}

export function dimensionOf(text: string | undefined): Dimension | undefined {
  return DIMENSIONS.find((one) => one === text);
}

export function metricOf(text: string | undefined): MetricName {
  return METRIC_NAMES.find((one) => one === text) ?? "time_to_first_token";
}
