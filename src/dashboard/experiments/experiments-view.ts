// Experiments: variants side by side, each figure with how sure it is, and plain words where it is too early to say.
import type {
  Estimate,
  ExperimentBody,
  VariantBody,
} from "../../protocol/figures/body/experiments.ts";
import type { FiguresBody } from "../../protocol/figures/figures-body.ts";
import { el } from "../dom/el.ts";
import { dimensionFields, figuresUrl, rangeField } from "../figures/query.ts";
import { cut, visible } from "../format/cut.ts";
import { count, counted, dollars, plain, share } from "../format/number.ts";
import { duration } from "../format/time.ts";
import { figuresView } from "../shell/figures-view.ts";
import { card, emptyState } from "../shell/states.ts";
import { verdictOf } from "../stats/verdict.ts";
import { scaleOf } from "./scale.ts";
import { scoreOf } from "./score-of.ts";
import { whisker } from "./whisker.ts";

interface Measure {
  title: string;
  read: (variant: VariantBody) => Estimate | undefined;
  format: (value: number) => string;
  /** Which direction is better; undefined where nobody can say. */
  better?: "more" | "less";
}

const MEASURES: readonly Measure[] = [
  {
    title: "Completed",
    read: ({ completed }) => completed,
    format: (part) => share(part, 1),
    better: "more",
  },
  {
    title: "Time to first token, middle",
    read: ({ timeToFirstToken }) => timeToFirstToken,
    format: duration,
    better: "less",
  },
  { title: "Whole turn, middle", read: ({ turn }) => turn, format: duration, better: "less" },
  { title: "Cost of a turn, mean", read: ({ cost }) => cost, format: dollars, better: "less" },
  { title: "Tokens of a turn, mean", read: ({ tokens }) => tokens, format: count },
];

const nameOf = (name: string): string => cut(visible(name), 60);

export const experimentsView = figuresView<FiguresBody>({
  fields: () => [rangeField],
  fieldsOf: ({ dimensions }, { choices }) =>
    dimensionFields(dimensions, choices).filter(({ name }) => name !== "variant"),
  load: ({ api, choices, now, signal }) =>
    api.get(figuresUrl({ part: ["experiments", "speed"] }, choices, now()), signal),
  draw: ({ experiments = [] }) => {
    if (experiments.length > 0) return experiments.map(experimentCard);
    return [
      emptyState(
        "No experiment in this time",
        "Name one in the page, and its variants stand side by side here:",
        el("code", "", 'traceChat({ …, experiments: { tone: "friendly" } })'),
      ),
    ];
  },
});

function experimentCard({ name, variants }: ExperimentBody): HTMLElement {
  const [base, ...others] = variants;
  if (base === undefined) return el("div", "");
  const scores = [...new Set(variants.flatMap((variant) => Object.keys(variant.scores)))];
  const measures = [...MEASURES, ...scores.map(scoreMeasure)];
  const why =
    others.length === 0
      ? `Only one variant so far: ${nameOf(base.variant)}.`
      : `Each against ${nameOf(base.variant)}, the one with most turns. Bars: where the true value is, 19 times in 20.`;
  return card(
    nameOf(name),
    why,
    el(
      "p",
      "facts",
      ...variants.map(({ variant, turns }) =>
        el("span", "", `${nameOf(variant)} `, el("b", "", counted(turns, "turn"))),
      ),
    ),
    ...measures.map((measure) => measureTable(measure, base, variants)),
    ...categoryNotes(variants),
  );
}

const scoreMeasure = (name: string): Measure => ({
  title: `Score ${nameOf(name)}, mean`,
  read: (variant) => scoreOf(variant, name),
  format: plain,
  better: "more",
});

function measureTable(
  { title, read, format, better }: Measure,
  base: VariantBody,
  variants: readonly VariantBody[],
): HTMLElement | undefined {
  const known = variants.flatMap((variant) => {
    const estimate = read(variant);
    return estimate === undefined || estimate.n === 0 ? [] : [{ variant, estimate }];
  });
  if (known.length === 0) return undefined;
  const scale = scaleOf(known.map(({ estimate }) => estimate));
  const rows = known.map(({ variant, estimate }) => {
    const name = el("th", "", nameOf(variant.variant));
    name.scope = "row";
    const reference = read(base);
    const words =
      variant === base || better === undefined || reference === undefined
        ? estimate.enough
          ? ""
          : "not enough yet"
        : verdictOf(reference, estimate, better);
    return el(
      "tr",
      "",
      name,
      el("td", "whisker-cell", whisker(estimate, scale)),
      el(
        "td",
        "number",
        estimate.value === null ? "–" : format(estimate.value),
        rangeOf(estimate, format),
      ),
      el("td", `verdict ${VERDICT_TONES[words] ?? "unknown"}`, words),
    );
  });
  const caption = el("caption", "left", title);
  return el("div", "scroller measure", el("table", "", caption, el("tbody", "", ...rows)));
}

const VERDICT_TONES: Readonly<Record<string, string>> = { better: "better", worse: "worse" };

function rangeOf({ low, high, n }: Estimate, format: (value: number) => string): HTMLElement {
  const words =
    low === null || high === null ? counted(n, "value") : `${format(low)} to ${format(high)}`;
  return el("span", "range", words);
}

function categoryNotes(variants: readonly VariantBody[]): HTMLElement[] {
  return variants.flatMap(({ variant, categories }) =>
    Object.entries(categories).map(([name, counts]) => {
      const said = Object.entries(counts).map(([text, n]) => `${nameOf(text)} ${count(n)}`);
      return el("p", "soft", `${nameOf(variant)}, ${nameOf(name)}: ${said.join(", ")}`);
    }),
  );
}
