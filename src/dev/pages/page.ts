// The page of a local edge: what runs, where records go, a chat turn to try, and the traces that the
// embedded sink has received. One self-contained HTML text. What came from elsewhere is never markup.
import type { Behaviour } from "../sink/answers.ts";
import { CLIENT } from "./client.ts";
import { escapeHtml, scriptJson } from "./html.ts";
import { STYLE } from "./style.ts";

/** What the page says of the Worker that serves it. */
export interface Description {
  version: string;
  /** Langfuse keys are set; without them the sink stands in. */
  langfuseConfigured: boolean;
  /** Where records go when it is not the sink. */
  baseUrl: string;
  usingSink: boolean;
}

export interface TurnLine {
  title: string;
  body: object;
  curl: string;
}

/** Ways in which Langfuse can be trouble, to be tried from the page. */
export interface Preset {
  label: string;
  behaviour: Behaviour;
}

export const PRESETS: readonly Preset[] = [
  { label: "works", behaviour: {} },
  { label: "is slow (5 s)", behaviour: { delayMs: 5_000 } },
  { label: "hangs", behaviour: { delayMs: 120_000 } },
  { label: "is down (503)", behaviour: { status: 503 } },
  { label: "fails twice (500)", behaviour: { status: 500, times: 2 } },
  { label: "limits (429, 5 s)", behaviour: { status: 429, retryAfter: 5 } },
  { label: "does not know the keys (401)", behaviour: { status: 401 } },
  { label: "is behind a login page (HTML)", behaviour: { html: true } },
  { label: "redirects", behaviour: { redirect: "https://login.example.com/" } },
];

export const TRACE_PATH = "/api/langfuse/trace";
export const TURN_PATH = "/dashboard/turn";

const facts = ({ version, langfuseConfigured, baseUrl, usingSink }: Description): string => `
<dl>
  <dt>Runs</dt><dd>langfuse-edge ${escapeHtml(version)}, the development entry</dd>
  <dt>Langfuse</dt><dd>${
    langfuseConfigured
      ? '<span class="state good">configured</span>'
      : '<span class="state warn">not configured</span> <span class="soft">no keys are set, so the embedded sink stands in</span>'
  }</dd>
  <dt>Records go to</dt><dd>${
    usingSink
      ? 'the embedded sink, as strict as Langfuse 4.16 <span class="soft">(shown below)</span>'
      : `<a href="${escapeHtml(baseUrl)}" rel="noreferrer">${escapeHtml(baseUrl)}</a>`
  }</dd>
  <dt>Health</dt><dd><a href="${TRACE_PATH}"><code>GET ${TRACE_PATH}</code></a></dd>
</dl>`;

const SINK_PART = `
<section id="findings" class="card" hidden></section>
<section class="card">
  <div class="head">
    <h2>Traces in the sink</h2>
    <div class="actions">
      <label>Langfuse <select id="behaviour"></select></label>
      <button type="button" id="clear">Clear</button>
    </div>
  </div>
  <p class="soft"><span id="answers"></span> <span id="fine" class="good"></span></p>
  <p id="hint" class="soft" hidden>A row opens its details; the tick in a bar is the first token.</p>
  <p id="empty" class="note calm">Nothing yet. Run the turn above, or paste its lines into a shell.</p>
</section>
<div id="traces"></div>`;

/** The page; `nonce` lets its own style and script run and nothing else. */
export function dashboardPage(
  about: Description,
  turn: readonly TurnLine[],
  nonce: string,
): string {
  const { usingSink } = about;
  const data = { usingSink, turn, presets: PRESETS, tracePath: TRACE_PATH, turnPath: TURN_PATH };
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
  <p><a href="/demo">Chat demo</a></p>
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
  <details id="lines">
    <summary>The same as ${turn.length} lines of curl</summary>
    <ol id="steps" class="steps"></ol>
    <button type="button" id="copy-all">Copy all lines</button>
  </details>
</section>${usingSink ? SINK_PART : ""}
<noscript><p class="note warn">The turn and the traces need JavaScript.</p></noscript>
</main>
<script type="application/json" id="page-data">${scriptJson(data)}</script>
<script nonce="${nonce}">${CLIENT}</script>
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
