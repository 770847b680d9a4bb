// The page of a local edge: what runs, where records go, a chat turn to try, and the traces that the
// embedded sink has received. What came from elsewhere is never markup; the script comes beside it.
import { DELIVERY_PATH, REPLAY_PATH } from "./delivery-routes.ts";
import { escapeHtml, scriptJson } from "./html.ts";
import type { DevPageData, Preset, TurnLine } from "./page-data.ts";
import { DEV_SCRIPT } from "./page-scripts.ts";
import { STYLE } from "./style.ts";

/** Facts of the Worker that serves the page. */
export interface Description {
  version: string;
  /** No Langfuse keys are set, so the sink stands in. */
  usingSink: boolean;
  /** Where records go when it is not the sink. */
  baseUrl: string;
}

/** Ways in which Langfuse can be trouble, to be tried from the page. */
export const PRESETS: readonly Preset[] = [
  { label: "works", behaviour: {} },
  { label: "slow (5 s)", behaviour: { delayMs: 5_000 } },
  { label: "hangs", behaviour: { delayMs: 120_000 } },
  { label: "down (503)", behaviour: { status: 503 } },
  { label: "fails twice (500)", behaviour: { status: 500, times: 2 } },
  { label: "limits requests (429)", behaviour: { status: 429, retryAfter: 5 } },
  { label: "rejects the keys (401)", behaviour: { status: 401 } },
  {
    label: "refuses one observation (a dead letter)",
    behaviour: { refuse: "frontend-ui-processing" },
  },
  { label: "login page in front (HTML)", behaviour: { html: true } },
  { label: "redirects", behaviour: { redirect: "https://login.example.com/" } },
];

export const TRACE_PATH = "/api/langfuse/trace";
export const TURN_PATH = "/dev/turn";

const facts = ({ version, baseUrl, usingSink }: Description): string => `
<dl>
  <dt>Runs</dt><dd>langfuse-edge ${escapeHtml(version)} on this machine, for development</dd>
  <dt>Langfuse</dt><dd>${
    usingSink
      ? '<span class="state good">local mode, built-in Langfuse</span> <span class="soft">No keys needed. It takes and refuses what Langfuse 4.16 does; what it received is shown below.</span>'
      : `<span class="state good">yours</span> <a href="${escapeHtml(baseUrl)}" rel="noreferrer">${escapeHtml(baseUrl)}</a> <span class="soft">with your keys</span>`
  }</dd>
  ${usingSink ? '<dt>With your own</dt><dd class="soft">Put <code>LANGFUSE_PUBLIC_KEY</code>, <code>LANGFUSE_SECRET_KEY</code> and <code>LANGFUSE_BASE_URL</code> into <code>.dev.vars</code> and start again.</dd>' : ""}
  <dt>Health</dt><dd><a href="${TRACE_PATH}"><code>GET ${TRACE_PATH}</code></a></dd>
</dl>`;

const SINK_PART = `
<section id="findings" class="card" hidden></section>
<section class="card">
  <div class="head">
    <h2>What the built-in Langfuse received</h2>
    <div class="actions">
      <label title="How the built-in Langfuse answers from now on">Simulate: Langfuse <select id="behaviour"></select></label>
      <button type="button" id="clear">Clear</button>
    </div>
  </div>
  <p id="sink-state" class="soft" aria-live="polite"></p>
  <p id="hint" class="soft" hidden>Each card is a trace, each row an observation: click it for its details. The tick in a bar is the first token.</p>
  <p id="empty" class="note calm">Run the turn above, paste its lines into a shell, or open the <a href="/demo">chat demo</a>.</p>
</section>
<div id="traces"></div>`;

const DELIVERY_PART = `
<section class="card">
  <div class="head">
    <h2>Delivery</h2>
    <div class="actions">
      <button type="button" id="replay-all" hidden>Replay all</button>
      <button type="button" id="look-again">Look again</button>
    </div>
  </div>
  <p id="books" class="soft" aria-live="polite"></p>
  <ul id="letters" class="steps" aria-label="Dead letters: records that Langfuse refused for good"></ul>
</section>`;

/** The page; `nonce` lets its own style and script run and nothing else. */
export function dashboardPage(
  about: Description,
  turn: readonly TurnLine[],
  nonce: string,
): string {
  const { usingSink, baseUrl } = about;
  const data: DevPageData = {
    usingSink,
    baseUrl,
    turn,
    presets: PRESETS,
    tracePath: TRACE_PATH,
    turnPath: TURN_PATH,
    deliveryPath: DELIVERY_PATH,
    replayPath: REPLAY_PATH,
  };
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>langfuse-edge</title>
<link rel="icon" href="data:,">
<style nonce="${nonce}">${STYLE}</style>
</head>
<body>
<main>
<header>
  <h1>langfuse-edge</h1>
  <p class="soft">traces of an LLM chat, from the browser to Langfuse, without a secret key</p>
  <p><a href="/demo">Chat demo</a> · <a href="/dashboard">Dashboard</a></p>
</header>
<p id="lost" class="note bad" role="alert" hidden></p>
<section class="card">${facts(about)}</section>
<section class="card">
  <div class="head">
    <h2>Try a chat turn</h2>
    <div class="actions">
      <span id="ran" class="soft" aria-live="polite"></span>
      <button type="button" id="run" class="primary">Run this turn</button>
    </div>
  </div>
  <p class="soft">One question and its answer, as a browser traces it: ${turn.length} actions to <code>${TRACE_PATH}</code>, without a key.</p>
  <details id="lines">
    <summary>The same as ${turn.length} curl commands</summary>
    <ol id="steps" class="steps"></ol>
    <button type="button" id="copy-all">Copy all lines</button>
  </details>
</section>
${DELIVERY_PART}${usingSink ? SINK_PART : ""}
<noscript><p class="note warn">The turn and the traces need JavaScript.</p></noscript>
</main>
<script type="application/json" id="page-data">${scriptJson(data)}</script>
<script nonce="${nonce}" src="${DEV_SCRIPT}"></script>
</body>
</html>
`;
}

/** Nothing from elsewhere, nothing inline but our own, no text that becomes markup. */
export function pagePolicy(nonce: string): string {
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    "img-src data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join("; ");
}
