// Part of the page's script: asks the sink for the shown turn's trace until it is whole, and draws it.

export const CLIENT_TRACE = `
const ASK_AGAIN_MS = 400;
/** A trace is whole soon after its root; what is late is still drawn. */
const AFTER_ROOT = 12;
const MOST_ASKED = 300;

function arrivedNote(turn, trace) {
  const count = (half) => trace.nodes.filter(({ observation }) => halfOf(observation) === half).length;
  const roots = trace.roots.length;
  return el("p", "facts",
    el("span", roots === 1 ? "good" : "bad", roots === 1 ? "one root" : roots + " roots"),
    fact("by the browser", count("frontend")),
    fact("by the backend", count("backend")),
    turn.arrivedAfter === undefined ? "" : fact("in the sink", duration(turn.arrivedAfter) + " after the turn's end"));
}

function drawTrace(turn, trace) {
  const named = (name) => trace.nodes.find(({ observation }) => observation.name === name)?.observation;
  const root = trace.nodes.find(({ observation }) => trace.roots.includes(observation.id))?.observation;
  if (root?.metadata.latencies) turn.latencies = JSON.parse(root.metadata.latencies);
  if (root) turn.generation = named("streaming-response");
  const waiting = root ? "" : el("p", "note calm", "The first observations are there; the root comes when the turn has ended.");
  byId("trace").replaceChildren(arrivedNote(turn, trace), waiting, traceCard(trace));
}

function noteOf(turn, asked) {
  if (turn.state === "running") return "The turn is under way; its trace is delivered when it has ended.";
  return asked < 25
    ? "Kept by the edge, on its way to the sink…"
    : "Not there yet. Does the sink take anything? Its menu on the other page says so.";
}

/** The trace if the sink has it; asks for the whole only when the list of traces is another one. */
async function lookFor(turn, known) {
  const headers = known.etag ? { "if-none-match": known.etag } : {};
  const list = await fetch("/sink/traces?limit=20", { headers });
  if (list.status === 304) return known.trace;
  known.etag = list.headers.get("etag");
  const { traces } = await list.json();
  if (!traces.some(({ id }) => id === turn.langfuseTraceId)) return undefined;
  return (known.trace = await (await fetch("/sink/traces/" + turn.langfuseTraceId)).json());
}

/** One loop at a time: it ends when another turn is shown. */
async function watchTrace(turn) {
  const known = {};
  let afterRoot = 0;
  for (let asked = 0; asked < MOST_ASKED && afterRoot < AFTER_ROOT; ) {
    if (!document.hidden) {
      const before = known.trace;
      const trace = await lookFor(turn, known).catch(() => undefined);
      if (shown !== turn) return;
      if (turn.state !== "running") asked += 1;
      if (trace?.roots.length > 0) {
        afterRoot += 1;
        turn.arrivedAfter ??= Math.max(0, performance.now() - turn.endedAt);
      }
      if (!trace) byId("trace").replaceChildren(el("p", "note calm", noteOf(turn, asked)));
      else if (trace !== before) {
        drawTrace(turn, trace);
        showMeasures(turn);
      }
    }
    await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
    if (shown !== turn) return;
  }
}

function showTrace(turn) {
  if (page.usingSink) return void watchTrace(turn);
  const link = el("a", "", page.baseUrl);
  link.href = page.baseUrl;
  byId("trace").replaceChildren(
    el("p", "note calm", "Keys are set, so this trace goes to your Langfuse at ", link, ". Its id there: ",
      el("code", "", turn.langfuseTraceId)));
}
`;
