// The traces that the built-in Langfuse received, drawn anew after each change, and how it is made to misbehave.
import type { Overview, SeenFinding } from "../../sink/view/answers.ts";
import type { DevPageData } from "../page-data.ts";
import { onChanges } from "./changes.ts";
import { byId, control, clock, el, showLine } from "./dom.ts";
import { lookSoon } from "./delivery.ts";
import { sinkState } from "./sink-state.ts";
import { traceCard } from "./traces.ts";
import { followTurn } from "./turn.ts";

const SHOWN_FINDINGS = 20;
let etag = "";
/** The trace that the address names, until it was seen. */
let wanted = decodeURIComponent(location.hash.slice(1));

function findingItem({ severity, kind, message, traceId, spanId, at }: SeenFinding): HTMLElement {
  const where = [traceId && `trace ${traceId}`, spanId && `span ${spanId}`, clock(at)];
  return el(
    "li",
    "",
    el("span", `tag ${severity === "error" ? "bad" : "warn"}`, kind),
    " ",
    message,
    el("span", "where id", where.filter(Boolean).join(" · ")),
  );
}

function showFindings(findings: readonly SeenFinding[]): void {
  const box = byId("findings");
  const errors = findings.filter(({ severity }) => severity === "error");
  const warnings = findings.filter(({ severity }) => severity === "warning");
  const count = (n: number, word: string): string => `${n} ${word}${n === 1 ? "" : "s"}`;
  const title = [
    errors.length > 0 && count(errors.length, "error"),
    warnings.length > 0 && count(warnings.length, "warning"),
  ];
  box.hidden = findings.length === 0;
  box.className = `card ${errors.length > 0 ? "alarm" : "hint"}`;
  box.replaceChildren(
    el(
      "h2",
      errors.length > 0 ? "bad" : "warn",
      `What Langfuse would not keep right: ${title.filter(Boolean).join(", ")}`,
    ),
    el("ul", "findings", ...[...errors, ...warnings].slice(0, SHOWN_FINDINGS).map(findingItem)),
  );
  const more = findings.length - SHOWN_FINDINGS;
  if (more > 0) box.append(el("p", "soft", `and ${more} more at /sink/findings`));
}

function showKnob({ presets }: DevPageData, behaviour: Overview["behaviour"]): void {
  // How many times are left is no other choice.
  const plain = ({ times: _times, ...rest }: Overview["behaviour"]): string => JSON.stringify(rest);
  const select = control("behaviour", HTMLSelectElement);
  if (document.activeElement !== select) {
    const index = presets.findIndex((preset) => plain(preset.behaviour) === plain(behaviour));
    select.selectedIndex = index;
  }
  select.classList.toggle("warn", plain(behaviour) !== "{}");
}

const focusedKey = (): string | undefined =>
  document.activeElement instanceof HTMLElement ? document.activeElement.dataset["key"] : undefined;

function showTraces(traces: Overview["traces"]): void {
  const focused = focusedKey();
  byId("traces").replaceChildren(...traces.map(traceCard));
  byId("empty").hidden = traces.length > 0;
  byId("hint").hidden = traces.length === 0;
  const named = wanted === "" ? null : document.getElementById(wanted);
  if (named !== null) {
    wanted = "";
    named.scrollIntoView();
  }
  if (focused === undefined) return;
  const rows = [...document.querySelectorAll<HTMLElement>(".row")];
  rows.find((row) => row.dataset["key"] === focused)?.focus();
}

async function look(page: DevPageData): Promise<void> {
  const headers = etag === "" ? {} : { "if-none-match": etag };
  const answer = await fetch("/sink/traces", { headers });
  if (answer.status === 304) return;
  if (!answer.ok) throw new Error(`the sink answers ${answer.status}`);
  const overview = (await answer.json()) as Overview;
  const isChange = etag !== "";
  etag = answer.headers.get("etag") ?? "";
  showFindings(overview.findings);
  showLine(byId("sink-state"), sinkState(overview));
  showKnob(page, overview.behaviour);
  showTraces(overview.traces);
  followTurn(overview);
  // The panel looks by itself when the page is opened.
  if (isChange) lookSoon();
}

export function startWatch(page: DevPageData): void {
  const select = control("behaviour", HTMLSelectElement);
  for (const { label } of page.presets) select.append(el("option", "", label));
  select.addEventListener("change", () => {
    const body = JSON.stringify(page.presets[select.selectedIndex]?.behaviour ?? {});
    const headers = { "content-type": "application/json" };
    select.blur();
    void fetch("/sink/behaviour", { method: "PUT", headers, body });
  });
  byId("clear").addEventListener("click", () => {
    void fetch("/sink/traces", { method: "DELETE" });
  });
  onChanges(
    () => look(page),
    (problem) => {
      byId("lost").hidden = problem === undefined;
      byId("lost").textContent = problem ?? "";
    },
  );
}
