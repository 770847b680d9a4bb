// Before and after a release: how the values were spread, in one picture, and by how much each quantity changed.
import type { MetricName } from "../../protocol/figures/dimensions.ts";
import type { GroupBody } from "../../protocol/figures/figures-body.ts";
import { chart } from "../charts/chart.ts";
import { el } from "../dom/el.ts";
import { table } from "../dom/table.ts";
import { distributionChart } from "../figures/charts.ts";
import {
  infoOf,
  isLessBetter,
  METRIC_INFOS,
  type MetricInfo,
  valueOf,
} from "../figures/metric-info.ts";
import { valueTitle } from "../figures/query.ts";
import { cut, visible } from "../format/cut.ts";
import { counted } from "../format/number.ts";
import { card } from "../shell/states.ts";
import { changeOf } from "./change.ts";

export interface ReleaseFigures {
  before: GroupBody | undefined;
  after: GroupBody | undefined;
}

export function releaseCard(
  { before, after }: ReleaseFigures,
  name: MetricName,
  signal: AbortSignal,
): HTMLElement | undefined {
  if (before === undefined || after === undefined) return undefined;
  const titleOf = ({ value }: GroupBody): string => cut(visible(valueTitle(value)), 40);
  const { title } = infoOf(name);
  const picture = chart(
    distributionChart(name, [
      { label: titleOf(before), tone: "before", distribution: before.metrics[name] },
      { label: titleOf(after), tone: "after", distribution: after.metrics[name] },
    ]),
    signal,
  );
  const known = METRIC_INFOS.filter(
    (info) => before.metrics[info.name].count > 0 && after.metrics[info.name].count > 0,
  );
  const columns = (["p50", "p90"] as const).flatMap((quantile) => [
    {
      title: `${quantile} before`,
      isNumber: true,
      cell: ({ name: one }: MetricInfo) => valueOf(one, before.metrics[one][quantile]),
    },
    {
      title: "after",
      isNumber: true,
      cell: ({ name: one }: MetricInfo) => valueOf(one, after.metrics[one][quantile]),
    },
    {
      title: "change",
      isNumber: true,
      cell: ({ name: one }: MetricInfo) => {
        const [old, fresh] = [before.metrics[one][quantile], after.metrics[one][quantile]];
        const { words, tone } = changeOf(old, fresh, isLessBetter(one));
        return el("span", tone, words);
      },
    },
  ]);
  const rows = table(
    `Release ${titleOf(after)} against ${titleOf(before)}`,
    [{ title: "Quantity", cell: (info: MetricInfo) => info.title }, ...columns],
    known,
  );
  const faster = isLessBetter(name) ? "left" : "right";
  const why = `${title} with release ${titleOf(before)} (${counted(before.turns, "turn")}) and with ${titleOf(after)} (${counted(after.turns, "turn")}). Further ${faster} is faster; dashed: the middle.`;
  const node = card("Before and after a release", why, picture, rows);
  node.classList.add("wide");
  return node;
}
