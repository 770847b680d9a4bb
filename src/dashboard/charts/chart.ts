// A chart with all that belongs to it: the picture, a legend that tells the values under the pointer, arrow keys
// that move it, and the numbers as a table.
import { el } from "../dom/el.ts";
import { table } from "../dom/table.ts";
import { type Plot, plot } from "./plot.ts";
import { type ChartSpec, tableOf } from "./spec.ts";
import { onScheme } from "./palette.ts";

/** `signal`: when the chart goes. */
export function chart(spec: ChartSpec, signal: AbortSignal): HTMLElement {
  const host = el("div", spec.height === undefined ? "plot" : "plot low");
  host.tabIndex = 0;
  host.setAttribute("role", "application");
  host.setAttribute("aria-roledescription", "chart");
  host.setAttribute("aria-label", `${spec.summary} Arrow keys tell single values.`);
  const values = spec.lines.map(() => el("b", ""));
  const when = el("span", "when");
  const told = el("span", "unseen");
  told.setAttribute("aria-live", "polite");
  const legend = el(
    "div",
    "legend",
    ...spec.lines.map(({ label, tone }, i) =>
      el("span", "", el("i", `swatch tone-${tone}`), `${label} `, values[i]),
    ),
    when,
    told,
  );
  const figure = el("figure", "chart", host, legend, asTable(spec));

  const last = spec.x.findLastIndex((_, i) => spec.lines.some(({ values }) => values[i] != null));
  let at: number | undefined;
  const tell = (index: number | undefined): void => {
    at = index;
    // A distribution has no newest value.
    const shown = index ?? (spec.xKind === "time" ? last : -1);
    for (const [i, node] of values.entries()) {
      const value = spec.lines[i]?.values[shown] ?? null;
      node.textContent = value === null ? (shown < 0 ? "" : "–") : spec.formatY(value);
    }
    const x = spec.x[shown];
    when.textContent = x === undefined ? "" : spec.formatX(x);
  };
  let picture: Plot | undefined;
  const draw = (): void => {
    picture?.destroy();
    picture = host.clientWidth > 0 ? plot(host, spec, tell) : undefined;
  };
  host.addEventListener("keydown", ({ key }) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[key];
    const end = { Home: 0, End: spec.x.length - 1 }[key];
    if (step === undefined && end === undefined) return;
    const next = end ?? Math.min(spec.x.length - 1, Math.max(0, (at ?? last) + (step ?? 0)));
    picture?.pointAt(next);
    tell(next);
    told.textContent = legend.innerText;
  });
  host.addEventListener("blur", () => picture?.pointAt(undefined));
  const resized = new ResizeObserver(() => {
    if (picture === undefined) draw();
    else picture.resize(host.clientWidth);
  });
  resized.observe(host);
  onScheme(draw, signal);
  signal.addEventListener("abort", () => {
    resized.disconnect();
    picture?.destroy();
  });
  tell(undefined);
  return figure;
}

function asTable(spec: ChartSpec): HTMLElement {
  const details = el("details", "", el("summary", "", "As a table"));
  // Only when somebody wants to see it: it may be long.
  details.addEventListener(
    "toggle",
    () => {
      const { head, rows } = tableOf(spec);
      const columns = head.map((title, i) => ({
        title,
        isNumber: i > 0,
        cell: (row: string[]) => row[i] ?? "",
      }));
      details.append(table(spec.summary, columns, rows));
    },
    { once: true },
  );
  return details;
}
