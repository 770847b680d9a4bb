// How fast it is, and for whom: each measured quantity over time and as a distribution, by a dimension, and before
// and after a release.
import { DIMENSIONS, METRIC_NAMES } from "../../protocol/figures/dimensions.ts";
import type { FiguresBody, GroupBody } from "../../protocol/figures/figures-body.ts";
import { chart } from "../charts/chart.ts";
import { el } from "../dom/el.ts";
import { distributionChart, metricChart } from "../figures/charts.ts";
import { METRIC_INFOS, type MetricInfo, valueOf } from "../figures/metric-info.ts";
import {
  DIMENSION_TITLES,
  dimensionFields,
  dimensionOf,
  figuresUrl,
  metricOf,
  rangeField,
} from "../figures/query.ts";
import { count, counted, dollars, share } from "../format/number.ts";
import { langfuseAddress } from "../langfuse-link.ts";
import type { Field } from "../shell/field.ts";
import { figuresView } from "../shell/figures-view.ts";
import { card, emptyState, tile, trafficAdvice } from "../shell/states.ts";
import type { ViewContext } from "../shell/view.ts";
import { groupCard } from "./group-card.ts";
import { releaseCard, type ReleaseFigures } from "./release-card.ts";
import { sessionCard } from "./session-card.ts";

interface SpeedData {
  figures: FiguresBody;
  /** By release, where there are two to compare. */
  releases?: FiguresBody;
  langfuse: string | undefined;
}

const DISTRIBUTION_HEIGHT = 110;
/** A step of a day: only the sums are read. */
const DAY_SECONDS = 86_400;

export const speedView = figuresView<SpeedData>({
  fields: () => [
    rangeField,
    {
      kind: "select",
      name: "by",
      label: "Compare by",
      options: [
        { value: "", label: "nothing" },
        ...DIMENSIONS.map((value) => ({ value, label: DIMENSION_TITLES[value].toLowerCase() })),
      ],
    },
    {
      kind: "select",
      name: "metric",
      label: "Compare what",
      options: METRIC_INFOS.map(({ name, title }, i) => ({
        value: i === 0 ? "" : name,
        label: title,
      })),
    },
  ],
  fieldsOf: ({ figures }, { choices }) => [
    ...dimensionFields(figures.dimensions, choices),
    ...releaseFields(figures),
  ],
  load: async ({ api, choices, now, signal }) => {
    const by = dimensionOf(choices["by"]);
    const asked = figuresUrl({ part: ["speed"], by, metric: METRIC_NAMES }, choices, now());
    const [figures, langfuse] = await Promise.all([
      api.get<FiguresBody>(asked, signal),
      langfuseAddress(api, signal),
    ]);
    if ((figures.releases ?? []).length < 2) return { figures, langfuse };
    if (by === "release") return { figures, releases: figures, langfuse };
    const question = { part: ["speed"], by: "release", step: stepOf(figures) } as const;
    return {
      figures,
      langfuse,
      releases: await api.get<FiguresBody>(figuresUrl(question, choices, now()), signal),
    };
  },
  draw: ({ figures, releases, langfuse }, context, signal) => {
    const { total, groups = [] } = figures;
    if (total === undefined || total.turns === 0) return [nothingYet(figures)];
    const by = dimensionOf(context.choices["by"]);
    const name = metricOf(context.choices["metric"]);
    const wide = el("div", "grid");
    if (by !== undefined && groups.length > 0)
      wide.append(groupCard(by, name, groups, figures, signal));
    if (releases !== undefined) {
      const compared = releaseCard(compare(context, figures, releases), name, signal);
      if (compared !== undefined) wide.append(compared);
    }
    const cards = METRIC_INFOS.filter((info) => total.metrics[info.name].count > 0).map((info) =>
      metricCard(info, total, figures, signal),
    );
    const sessions = figures.sessions && sessionCard(figures.sessions, langfuse, context.now());
    return [
      tiles(total),
      wide,
      el("div", "grid", ...cards),
      ...(sessions === undefined ? [] : [sessions]),
    ];
  },
});

const stepOf = ({ step, from, to }: FiguresBody): number =>
  Date.parse(to) - Date.parse(from) >= DAY_SECONDS * 1000 ? DAY_SECONDS : step;

function metricCard(
  { name, title, why }: MetricInfo,
  total: GroupBody,
  figures: FiguresBody,
  signal: AbortSignal,
): HTMLElement {
  const distribution = total.metrics[name];
  const { p50, p90, p99 } = distribution;
  const numbers = el(
    "div",
    "percentiles",
    el("span", "main", valueOf(name, p50)),
    el("span", "", "p90 ", el("b", "", valueOf(name, p90))),
    el("span", "", "p99 ", el("b", "", valueOf(name, p99))),
    el("span", "", counted(distribution.count, "value")),
  );
  const series = total.series.metrics[name];
  const spread = distributionChart(name, [{ label: "share of values", tone: "one", distribution }]);
  const node = card(
    title,
    why,
    numbers,
    series === undefined ? undefined : chart(metricChart(name, series, figures), signal),
    chart({ ...spread, height: DISTRIBUTION_HEIGHT }, signal),
  );
  node.dataset["metric"] = name;
  return node;
}

function tiles({ turns, users, outcomes, errors, tokens, cost, unpriced }: GroupBody): HTMLElement {
  const money = unpriced > 0 ? `${counted(unpriced, "generation")} without a price` : "";
  return el(
    "div",
    "tiles",
    tile("Turns", count(turns)),
    ...(users === undefined ? [] : [tile("Users", count(users))]),
    tile("Completed", share(outcomes.completed, turns), count(outcomes.completed)),
    tile(
      "Failed",
      share(outcomes.failed, turns),
      count(outcomes.failed),
      outcomes.failed > 0 ? "bad" : "",
    ),
    tile("Errors", count(errors)),
    tile("Tokens", count(tokens.total), `${count(tokens.input)} in, ${count(tokens.output)} out`),
    tile("Cost", dollars(cost), money),
  );
}

/** Which two releases stand side by side: the chosen ones, else the last two that came. */
function compare(
  { choices }: ViewContext,
  { releases = [] }: FiguresBody,
  by: FiguresBody,
): ReleaseFigures {
  const names = releases.map(({ release }) => release);
  const after = names.includes(choices["after"] ?? "") ? choices["after"] : names.at(-1);
  const others = names.filter((one) => one !== after);
  const before = others.includes(choices["before"] ?? "") ? choices["before"] : others.at(-1);
  const figuresOf = (release: string | undefined) =>
    by.groups?.find(({ value }) => value === release);
  return { before: figuresOf(before), after: figuresOf(after) };
}

function releaseFields({ releases = [] }: FiguresBody): Field[] {
  if (releases.length < 2) return [];
  const options = (words: string) => [
    { value: "", label: words },
    ...releases.map(({ release }) => ({
      value: release,
      label: release === "" ? "(none)" : release,
    })),
  ];
  return [
    { kind: "select", name: "before", label: "Before", options: options("release before") },
    { kind: "select", name: "after", label: "After", options: options("latest release") },
  ];
}

function nothingYet({ since }: FiguresBody): HTMLElement {
  if (since === null) {
    return emptyState(
      "No figures yet",
      "They come with the first turns: some seconds after a turn has ended, its times stand here.",
      trafficAdvice("To see some on your own machine:"),
    );
  }
  return emptyState("No turn in this time", "Choose a longer time, or fewer of the filters above.");
}
