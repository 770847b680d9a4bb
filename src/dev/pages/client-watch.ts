// Part of the page's script: asking the sink what is new while the page is seen, and the sink's knobs.

export const CLIENT_WATCH = `
const PERIOD_MS = 2000;
const SHOWN_FINDINGS = 20;
let etag = "";

function showFindings(findings) {
  const box = byId("findings");
  const errors = findings.filter((finding) => finding.severity === "error").length;
  const warnings = findings.length - errors;
  box.hidden = findings.length === 0;
  box.className = "card " + (errors > 0 ? "alarm" : "hint");
  const count = (n, word) => n + " " + word + (n === 1 ? "" : "s");
  const title = [errors && count(errors, "error"), warnings && count(warnings, "warning")].filter(Boolean).join(", ");
  const items = [...findings]
    .sort((a, b) => (a.severity === b.severity ? 0 : a.severity === "error" ? -1 : 1))
    .slice(0, SHOWN_FINDINGS)
    .map((finding) => {
      const where = [finding.traceId && "trace " + finding.traceId, finding.spanId && "span " + finding.spanId, clock(finding.at)];
      return el("li", "",
        el("span", "tag " + (finding.severity === "error" ? "bad" : "warn"), finding.kind), " ", finding.message,
        el("span", "where id", where.filter(Boolean).join(" · ")));
    });
  box.replaceChildren(
    el("h2", errors > 0 ? "bad" : "warn", "What Langfuse would not keep right: " + title),
    el("ul", "findings", ...items));
  if (findings.length > SHOWN_FINDINGS) box.append(el("p", "soft", "and " + (findings.length - SHOWN_FINDINGS) + " more at /sink/findings"));
}

function showState(overview) {
  const names = { otlp: "traces", ingestion: "scores" };
  const answers = overview.counts.answers.map((one) => one.count + " × " + one.status + " (" + names[one.api] + ")").join(", ");
  const dropped = overview.counts.dropped > 0 ? "; " + overview.counts.dropped + " old traces dropped" : "";
  byId("answers").textContent = answers === "" ? "no request yet" : "answered " + answers + dropped;
  const fine = answers !== "" && overview.findings.length === 0;
  byId("fine").textContent = fine ? "nothing lost, nothing doubled" : "";
  const asked = JSON.stringify(overview.behaviour);
  const index = page.presets.findIndex((preset) => JSON.stringify(preset.behaviour) === asked);
  const select = byId("behaviour");
  if (document.activeElement !== select) select.selectedIndex = index;
  select.classList.toggle("bad", asked !== "{}");
}

function showTraces(traces) {
  const focused = document.activeElement?.dataset?.key;
  byId("traces").replaceChildren(...traces.map(traceCard));
  byId("empty").hidden = traces.length > 0;
  byId("hint").hidden = traces.length === 0;
  if (focused) [...document.querySelectorAll(".row")].find((row) => row.dataset.key === focused)?.focus();
}

async function look() {
  const answer = await fetch("/sink/traces", { headers: etag ? { "if-none-match": etag } : {} });
  if (answer.status === 304) return;
  if (!answer.ok) throw new Error("the sink answers " + answer.status);
  const overview = await answer.json();
  etag = answer.headers.get("etag") ?? "";
  showFindings(overview.findings);
  showState(overview);
  showTraces(overview.traces);
}

async function watch() {
  try {
    if (!document.hidden) await look();
    byId("lost").hidden = true;
  } catch (error) {
    byId("lost").hidden = false;
    byId("lost").textContent = "The edge does not answer: " + error.message;
  }
  setTimeout(watch, PERIOD_MS);
}

function startWatch() {
  const select = byId("behaviour");
  for (const preset of page.presets) select.append(el("option", "", preset.label));
  select.addEventListener("change", () =>
    fetch("/sink/behaviour", {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(page.presets[select.selectedIndex].behaviour),
    }).then(() => select.blur()).then(look));
  byId("clear").addEventListener("click", () => fetch("/sink/traces", { method: "DELETE" }).then(look));
  document.addEventListener("visibilitychange", () => { if (!document.hidden) void look().catch(() => {}); });
  void watch();
}
`;
