// What fails: errors by their fingerprint, with stack, count, since when, in which releases, and a trace to look at.
import type { ErrorGroupBody } from "../../protocol/figures/body/errors.ts";
import type { FiguresBody } from "../../protocol/figures/figures-body.ts";
import { chart } from "../charts/chart.ts";
import { el, fact, link } from "../dom/el.ts";
import { countChart } from "../figures/charts.ts";
import { dimensionFields, figuresUrl, rangeField } from "../figures/query.ts";
import { cut, visible } from "../format/cut.ts";
import { count, counted } from "../format/number.ts";
import { ago, clock } from "../format/time.ts";
import { langfuseAddress, traceUrl } from "../langfuse-link.ts";
import { figuresView } from "../shell/figures-view.ts";
import { card, emptyState } from "../shell/states.ts";

interface ErrorsData {
  figures: FiguresBody;
  langfuse: string | undefined;
}

const MAX_TITLE_LENGTH = 200;

export const errorsView = figuresView<ErrorsData>({
  fields: () => [rangeField],
  fieldsOf: ({ figures }, { choices }) => dimensionFields(figures.dimensions, choices),
  load: async ({ api, choices, now, signal }) => {
    const question = figuresUrl({ part: ["errors", "speed"] }, choices, now());
    const [figures, langfuse] = await Promise.all([
      api.get<FiguresBody>(question, signal),
      langfuseAddress(api, signal),
    ]);
    return { figures, langfuse };
  },
  draw: ({ figures, langfuse }, { now }, signal) => {
    const { groups = [], other = 0 } = figures.errors ?? {};
    if (groups.length === 0 && other === 0) {
      return [
        emptyState(
          "No error in this time",
          "Failed answers and tools stand here by themselves; errors of the page as well, with trackErrors of langfuse-edge/errors.",
        ),
      ];
    }
    const sums = figures.times.map((_, i) =>
      groups.reduce((all, { series }) => all + (series[i] ?? 0), 0),
    );
    const all = groups.reduce((sum, { count }) => sum + count, 0);
    return [
      card(
        "Errors over time",
        `${counted(all, "error")} of ${counted(groups.length, "kind")}${other > 0 ? `, and ${count(other)} of further kinds` : ""}.`,
        chart(
          countChart("Errors in each step of time.", figures, [
            { label: "errors", tone: "bad", values: sums },
          ]),
          signal,
        ),
      ),
      card(
        "Kinds of errors",
        "Most in this time first; the same error has the same fingerprint, whatever its ids and numbers.",
        ...groups.map((group) => errorItem(group, langfuse, now())),
      ),
    ];
  },
});

function errorItem(group: ErrorGroupBody, langfuse: string | undefined, now: number): HTMLElement {
  const { fingerprint, type, message, stack, count: inRange, total, firstSeen, lastSeen } = group;
  const { releases, assistants, exampleTrace } = group;
  const first = Date.parse(firstSeen);
  const last = Date.parse(lastSeen);
  const names = (all: readonly string[]): string =>
    all.map((name) => cut(visible(name), 60)).join(", ");
  const details = el(
    "details",
    "error-item",
    el(
      "summary",
      "",
      el("b", "", cut(visible(type), 100)),
      " ",
      message === null ? placeOf(stack) : cut(visible(message || "(no message)"), MAX_TITLE_LENGTH),
      el(
        "span",
        "facts",
        el("span", "bad", counted(inRange, "time")),
        el("span", "", `last ${ago(last, now)}`),
        el("span", "", `first ${ago(first, now)}`),
      ),
    ),
    el(
      "p",
      "facts",
      fact("in all", counted(total, "time")),
      fact("first", clock(first, now)),
      fact("last", clock(last, now)),
      fact("releases", names(releases)),
      fact("assistants", names(assistants)),
      fact("fingerprint", fingerprint),
    ),
    stack === null && message === null ? undefined : el("pre", "", stack ?? message ?? ""),
    message === null
      ? el(
          "p",
          "soft",
          "What it says is not shown, since it may quote users: DASHBOARD_CONTENT=true shows it. Langfuse has it.",
        )
      : undefined,
    el(
      "p",
      "facts",
      el("span", "id", exampleTrace),
      langfuse === undefined
        ? undefined
        : link("Latest trace in Langfuse", traceUrl(langfuse, exampleTrace)),
    ),
  );
  details.id = `error-${fingerprint.replaceAll(/\W/g, "")}`;
  return details;
}

/** The first frame, in place of words that are not shown. */
function placeOf(stack: string | null): string {
  const [first = ""] = (stack ?? "").split("\n");
  return cut(visible(first.trim()), MAX_TITLE_LENGTH);
}
