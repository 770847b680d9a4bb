// The chat turn to copy and to run, and what became of it.
import type { Overview } from "../../sink/view/answers.ts";
import type { DevPageData, TurnLine } from "../page-data.ts";
import { button, byId, control, copy, duration, el, showLine } from "./dom.ts";
import { type Line, type SentTurn, turnState } from "./sink-state.ts";

let sent: SentTurn | undefined;
let keptAt = 0;
let arrivedAfter: string | undefined;
let latest: Pick<Overview, "traces" | "behaviour"> = { traces: [], behaviour: {} };

function showTurn(turn: readonly TurnLine[]): HTMLElement[] {
  const results: HTMLElement[] = [];
  const items = turn.map(({ title, curl }) => {
    const result = el("span", "result soft");
    results.push(result);
    const copying = button("Copy", (node) => void copy(curl, node));
    const head = el("div", "step-head", el("span", "title", title), result, copying);
    return el("li", "", head, el("pre", "", curl));
  });
  byId("steps").replaceChildren(...items);
  return results;
}

interface Answered {
  problem?: string;
  status: number;
  langfuseTraceId?: string;
}

async function post(path: string, body: object): Promise<Answered> {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) return { status: answer.status, problem: text.slice(0, 300) };
  const { langfuseTraceId } = JSON.parse(text) as { langfuseTraceId?: string };
  return { status: answer.status, ...(langfuseTraceId !== undefined && { langfuseTraceId }) };
}

const tell = (line: Line): void => showLine(byId("ran"), line);

async function sendTurn(page: DevPageData): Promise<void> {
  const turn = (await (await fetch(page.turnPath)).json()) as TurnLine[];
  const results = showTurn(turn);
  const began = performance.now();
  const answers: Answered[] = [];
  for (const [index, { body }] of turn.entries()) {
    const answer = await post(page.tracePath, body);
    answers.push(answer);
    const result = results[index];
    if (result) {
      const { status, problem } = answer;
      result.textContent = problem === undefined ? `${status}` : `${status} ${problem}`;
      result.className = `result ${problem === undefined ? "good" : "bad"}`;
    }
  }
  const refused = answers.filter(({ problem }) => problem !== undefined).length;
  const tookMs = duration(performance.now() - began);
  if (refused > 0) {
    tell({ tone: "bad", text: `${refused} of ${turn.length} actions were refused, see below` });
    control("lines", HTMLDetailsElement).open = true;
    return;
  }
  if (!page.usingSink) {
    const text = `${turn.length} actions kept in ${tookMs}; the edge delivers them to ${page.baseUrl}`;
    return tell({ tone: "good", text });
  }
  keptAt = performance.now();
  arrivedAfter = undefined;
  const langfuseTraceId = answers.find((one) => one.langfuseTraceId)?.langfuseTraceId ?? "";
  sent = { actions: turn.length, tookMs, langfuseTraceId };
  followTurn(latest);
}

/** Says anew where the turn is that was run last. */
export function followTurn(overview: Pick<Overview, "traces" | "behaviour">): void {
  latest = overview;
  if (sent === undefined) return;
  const { langfuseTraceId } = sent;
  const trace = overview.traces.find(({ id }) => id === langfuseTraceId);
  if (trace !== undefined && trace.roots.length > 0) {
    arrivedAfter ??= duration(Math.max(0, performance.now() - keptAt));
  }
  tell(turnState(sent, overview, arrivedAfter));
}

export function startTurn(page: DevPageData): void {
  showTurn(page.turn);
  const run = control("run", HTMLButtonElement);
  run.addEventListener("click", () => {
    run.disabled = true;
    sent = undefined;
    tell({ tone: "soft", text: "sending…" });
    void sendTurn(page)
      .catch((error: unknown) => {
        tell({ tone: "bad", text: `could not be sent: ${String(error)}` });
      })
      .finally(() => {
        run.disabled = false;
      });
  });
  const copying = control("copy-all", HTMLButtonElement);
  copying.addEventListener("click", () => {
    const lines = [...byId("steps").querySelectorAll("pre")].map((pre) => pre.textContent);
    void copy(`${lines.join("\n")}\n`, copying);
  });
}
