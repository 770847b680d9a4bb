// The shown turn's trace, drawn as it comes into the sink.
import { onChanges } from "../../../pages/script/changes.ts";
import { byId, duration, el } from "../../../pages/script/dom.ts";
import { fact, halfOf, type Trace, traceCard } from "../../../pages/script/traces.ts";
import type { DrawnTrace, Overview, SeenObservation } from "../../../sink/view/answers.ts";
import { showMeasures } from "./measures.ts";
import { page, type Turn } from "./turn.ts";

/** Traces of a list that are looked through for the shown one. */
const LISTED = 20;

let shown: Turn | undefined;
let drawn: string | undefined;

const note = (...words: (Node | string)[]): HTMLElement => el("p", "note calm", ...words);

function arrivedNote({ arrivedAfterMs }: Turn, trace: Trace): HTMLElement {
  const count = (half: string): number =>
    trace.nodes.filter(({ observation }) => halfOf(observation) === half).length;
  const roots = trace.roots.length;
  const tone = roots === 1 ? "good" : roots === 0 ? "" : "bad";
  const told = roots === 1 ? "one root" : roots === 0 ? "no root yet" : `${roots} roots`;
  return el(
    "p",
    "facts",
    el("span", tone, told),
    fact("by the browser", count("frontend")),
    fact("by the backend", count("backend")),
    arrivedAfterMs === undefined
      ? undefined
      : fact("in the built-in Langfuse", `${duration(arrivedAfterMs)} after the turn's end`),
  );
}

function drawTrace(turn: Turn, trace: DrawnTrace<SeenObservation>): void {
  const all = trace.nodes.map(({ observation }) => observation);
  const root = all.find(({ id }) => trace.roots.includes(id));
  if (root !== undefined) {
    const latencies = root.metadata["latencies"];
    if (typeof latencies === "object" && latencies !== null && !Array.isArray(latencies)) {
      turn.latencies = latencies as Record<string, number>;
    }
    const generation = all.find(({ name }) => name === "streaming-response");
    if (generation !== undefined) turn.generation = generation;
    turn.root = root;
    turn.arrivedAfterMs ??= Math.max(0, performance.now() - (turn.endedAt ?? performance.now()));
    showMeasures(turn);
  }
  const parts: Node[] = [arrivedNote(turn, trace), traceCard(trace)];
  if (root === undefined) {
    parts.splice(
      1,
      0,
      note("The first observations are there; the root comes with the turn's end."),
    );
  }
  byId("trace").replaceChildren(...parts);
}

function waitingNote({ state }: Turn, { behaviour }: Pick<Overview, "behaviour">): HTMLElement {
  if (JSON.stringify(behaviour) !== "{}") {
    const link = el("a", "", "the other page");
    link.href = "/";
    return note("Kept by the edge. Langfuse is simulated to be in trouble: see ", link, ".");
  }
  return note(
    state === "running"
      ? "The turn is under way; its trace is delivered when it has ended."
      : "Kept by the edge, on its way to the built-in Langfuse…",
  );
}

/** Draws the shown turn's trace if it is another one than what is drawn. */
async function look(): Promise<void> {
  const turn = shown;
  if (turn === undefined) return;
  const overview = (await (await fetch(`/sink/traces?limit=${LISTED}`)).json()) as Overview;
  if (shown !== turn) return;
  const listed = overview.traces.find(({ id }) => id === turn.langfuseTraceId);
  const looks = JSON.stringify([turn.langfuseTraceId, listed ?? overview.behaviour]);
  if (listed === undefined) {
    byId("trace").replaceChildren(waitingNote(turn, overview));
  } else if (looks !== drawn) {
    const answer = await fetch(`/sink/traces/${turn.langfuseTraceId}`);
    if (shown !== turn || !answer.ok) return;
    drawTrace(turn, (await answer.json()) as DrawnTrace<SeenObservation>);
  }
  drawn = looks;
}

/** Shows a turn's trace from now on, as far as it is there. */
export function showTrace(turn: Turn): void {
  shown = turn;
  drawn = undefined;
  if (page.usingSink) {
    byId("trace").replaceChildren();
    void look().catch(() => undefined);
    return;
  }
  const link = el("a", "", page.baseUrl);
  link.href = page.baseUrl;
  byId("trace").replaceChildren(
    note(
      "Keys are set, so this trace goes to your Langfuse at ",
      link,
      ". Its id there: ",
      el("code", "", turn.langfuseTraceId),
    ),
  );
}

export function startTraces(): void {
  if (!page.usingSink) return;
  onChanges(look, (problem) => {
    byId("lost").hidden = problem === undefined;
    byId("lost").textContent = problem ?? "";
  });
}
