// One measured quantity by a dimension: the middle of each value over time, and all of it as a table.
import type { Dimension, MetricName } from "../../protocol/figures/dimensions.ts";
import type { FiguresBody, GroupBody } from "../../protocol/figures/figures-body.ts";
import { chart } from "../charts/chart.ts";
import { GROUP_TONES } from "../charts/tone.ts";
import { overTime } from "../figures/charts.ts";
import { infoOf, isTime, valueOf } from "../figures/metric-info.ts";
import { DIMENSION_TITLES, valueTitle } from "../figures/query.ts";
import { cut, visible } from "../format/cut.ts";
import { count, dollars, share } from "../format/number.ts";
import { table } from "../dom/table.ts";
import { card } from "../shell/states.ts";

const MAX_NAME_LENGTH = 60;

export function groupCard(
  by: Dimension,
  name: MetricName,
  groups: readonly GroupBody[],
  range: FiguresBody,
  signal: AbortSignal,
): HTMLElement {
  const { title } = infoOf(name);
  const labelOf = ({ value }: GroupBody): string =>
    cut(visible(valueTitle(value)), MAX_NAME_LENGTH);
  const drawn = groups.slice(0, GROUP_TONES.length);
  const lines = drawn.flatMap((group, i) => {
    const values = group.series.metrics[name]?.p50;
    return values === undefined
      ? []
      : [{ label: labelOf(group), tone: GROUP_TONES[i] ?? "one", values }];
  });
  const what = `${title} by ${DIMENSION_TITLES[by].toLowerCase()}`;
  const picture = chart(
    {
      ...overTime(range),
      summary: `${what}: the middle (p50) of each over time.`,
      drawn: "lines",
      formatY: (value) => valueOf(name, value),
      ...(isTime(name) && { yKind: "time" as const }),
      lines,
    },
    signal,
  );
  const spread = (group: GroupBody) => group.metrics[name];
  const rows = table(
    what,
    [
      { title: DIMENSION_TITLES[by], cell: (group: GroupBody) => labelOf(group) },
      { title: "Turns", isNumber: true, cell: ({ turns }: GroupBody) => count(turns) },
      {
        title: "p50",
        isNumber: true,
        cell: (group: GroupBody) => valueOf(name, spread(group).p50),
      },
      {
        title: "p90",
        isNumber: true,
        cell: (group: GroupBody) => valueOf(name, spread(group).p90),
      },
      {
        title: "p99",
        isNumber: true,
        cell: (group: GroupBody) => valueOf(name, spread(group).p99),
      },
      {
        title: "Failed",
        isNumber: true,
        cell: ({ outcomes, turns }: GroupBody) => share(outcomes.failed, turns),
      },
      { title: "Cost", isNumber: true, cell: ({ cost }: GroupBody) => dollars(cost) },
    ],
    groups,
  );
  const node = card(what, "The middle (p50) of each over time; most turns first.", picture, rows);
  node.classList.add("wide");
  return node;
}
