// The demo: a chat on one side, and on the other the trace of the turn that was just made. It says
// plainly what is simulated. Its scripts, the browser library first, come beside it.
import { escapeHtml, scriptJson } from "../../pages/html.ts";
import { STYLE } from "../../pages/style.ts";
import { BACKENDS } from "../backends.ts";
import { DEMO_SCRIPT } from "../../pages/page-scripts.ts";
import type { DemoPageData } from "./page-data.ts";
import { DEMO_STYLE } from "./style.ts";

/** Facts of the Worker that serves the page. */
export interface DemoDescription {
  usingSink: boolean;
  /** Where records go when it is not the sink. */
  baseUrl: string;
}

const USER_ID = "ada@example.com";
const TOPICS = [
  "What is an edge proxy?",
  "What is in a trace?",
  "Why does the first token take so long?",
  "Where is the secret key?",
  "What time is it?",
];
const ASSISTANTS = ["Research Assistant", "Claude Helper", "Travel Planner"];
const TONES = [
  ["", "as assigned"],
  ["plain", "plain"],
  ["friendly", "friendly"],
] as const;
const OUTCOMES = [
  ["", "it answers"],
  ["at_once", "it fails (HTTP 500)"],
  ["midway", "it breaks off midway"],
  ["page", "the page has an error"],
] as const;

/** The page's own way, without what draws. */
const HOW = `<script src="/langfuse-edge.js"></script>

const client = new LangfuseEdge.LangfuseProxy({ sessionId, userId });
LangfuseEdge.trackErrors({ client });
const tone = LangfuseEdge.variant("tone", ["plain", "friendly"], { by: "browser" });

const turn = LangfuseEdge.traceChat({
  client, message: question, assistantName, experiments: { tone },
});
const response = await turn.fetch("/demo/chat/node", {
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify(turn.body({ question, assistant_name: assistantName })),
});
const reader = response.body.getReader();   // the library reads along
for (let part; !(part = await reader.read()).done; ) show(part.value);

turn.feedback(true);      // "Helpful"
turn.did("copied");       // "Copy"
turn.error(new Error());  // where the page fails to show it`;

const backendChoice = ({ id, title, joins }: (typeof BACKENDS)[number], first: boolean): string => `
<label class="choice">
  <input type="radio" name="backend" value="${id}" id="backend-${id}"${first ? " checked" : ""}>
  <span>${escapeHtml(title)} <span class="warn" id="state-${id}"></span>
  <span class="joins">joins by ${escapeHtml(joins)}</span></span>
</label>`;

const select = (id: string, options: readonly (readonly [string, string])[]): string =>
  `<select id="${id}">${options.map(([value, label]) => `<option value="${value}">${label}</option>`).join("")}</select>`;

const FORM = `
<form id="form">
  <div class="topics">${TOPICS.map((topic) => `<button type="button" class="topic">${escapeHtml(topic)}</button>`).join("")}</div>
  <textarea id="message" rows="2" aria-label="Message">${escapeHtml(TOPICS[0] ?? "")}</textarea>
  <div class="fields">
    <label>Assistant <input id="assistant" list="assistants" value="${escapeHtml(ASSISTANTS[0] ?? "")}" maxlength="100"></label>
    <datalist id="assistants">${ASSISTANTS.map((name) => `<option value="${escapeHtml(name)}"></option>`).join("")}</datalist>
    <label>What happens ${select("fails", OUTCOMES)}</label>
    <label>Tone, an experiment ${select("tone", TONES)}</label>
  </div>
  <fieldset><legend>Backend</legend>${BACKENDS.map((one, index) => backendChoice(one, index === 0)).join("")}</fieldset>
  <div class="actions">
    <button type="submit" id="send" class="primary">Send</button>
    <button type="button" id="stop" disabled>Stop</button>
  </div>
</form>`;

/** The page; `nonce` lets its own style and scripts run and nothing else. */
export function demoPage({ usingSink, baseUrl }: DemoDescription, nonce: string): string {
  const backends = Object.fromEntries(
    BACKENDS.map(({ id, short }) => [id, { short }]),
  ) as DemoPageData["backends"];
  const data: DemoPageData = { usingSink, baseUrl, backends, userId: USER_ID };
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>langfuse-edge: chat demo</title>
<link rel="icon" href="data:,">
<style nonce="${nonce}">${STYLE}${DEMO_STYLE}</style>
</head>
<body>
<main class="demo">
<header>
  <h1>A chat turn, traced</h1>
  <p class="soft">from your click to the last chunk, by <a href="/">langfuse-edge</a>; see it live in the <a href="/dashboard">dashboard</a></p>
</header>
<p class="note calm honest"><b>The model is simulated</b>: canned sentences, said word by word. <b>The tracing is real</b>: this page uses the browser library, and the backend writes its half itself.</p>
<p id="lost" class="note bad" role="alert" hidden></p>
<div class="halves">
<section class="card chat">
  <div id="talk" class="talk" aria-live="polite"><p id="nothing" class="soft">Nothing said yet. Send the question below.</p></div>
  ${FORM}
</section>
<div class="evidence">
  <section class="card" id="before">
    <h2>What you will see here</h2>
    <ol class="soon">
      <li><b>What the turn measured</b>, while it runs: when the first chunk came, how fast the answer streamed, what tracing cost.</li>
      <li><b>Its trace</b>, a moment after the answer is done: one tree of what <span class="half-frontend">the browser</span> and <span class="half-backend">the backend</span> wrote, each half by itself${usingSink ? ", in the built-in Langfuse" : ""}.</li>
    </ol>
    <p class="soft">Send the question; then stop one midway, let the backend or the page fail, ask for the time (a tool is called), choose the other tone, copy an answer, and say whether it helped.</p>
  </section>
  <section class="card" id="measures" hidden>
    <div class="head"><h2>What the turn measured</h2><span id="measured" class="soft"></span></div>
    <div id="tiles" class="tiles"></div>
    <ol id="marks" class="marks"></ol>
  </section>
  <div id="trace"></div>
  <details class="card how"><summary>The code of a page that does this</summary><pre>${escapeHtml(HOW)}</pre></details>
</div>
</div>
<noscript><p class="note warn">The demo needs JavaScript.</p></noscript>
</main>
<script type="application/json" id="page-data">${scriptJson(data)}</script>
<script nonce="${nonce}" src="/langfuse-edge.js?${nonce}"></script>
<script nonce="${nonce}" src="${DEMO_SCRIPT}"></script>
</body>
</html>
`;
}
