// The looks that all pages of the project have: colours in light and dark, text, cards, controls, and the
// bars of a waterfall. Nothing is fetched.

export const BASE_STYLE = `
:root {
  color-scheme: light dark;
  --ground: #f6f7f9; --card: #ffffff; --ink: #1b2330; --soft: #5c6675; --line: #dfe3ea;
  --track: #eef1f5; --accent: #2f5fd0; --good: #1d7a45; --good-ground: #e7f5ec;
  --warn: #8a5a00; --warn-ground: #fdf3dc; --bad: #b3261e; --bad-ground: #fdeceb;
  --span: #5b8def; --generation: #9a6bdb; --event: #d69a2d; --tool: #2fa28f; --mark: #1b2330; --failed: #c93a31;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #10141a; --card: #181e27; --ink: #e6eaf0; --soft: #9aa5b4; --line: #2a3340;
    --track: #222a35; --accent: #86a8ff; --good: #6fd39a; --good-ground: #14291e;
    --warn: #f0c268; --warn-ground: #2d2412; --bad: #ff8f87; --bad-ground: #331a19;
    --span: #5b8def; --generation: #a97fe6; --event: #d69a2d; --tool: #37b3a0; --mark: #ffffff; --failed: #d9544b;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body {
  margin: 0; background: var(--ground); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}
main { max-width: 62rem; margin: 0 auto; padding: 1.5rem 1.25rem 4rem; }
h1 { font-size: 1.4rem; margin: 0; letter-spacing: -0.01em; }
h2 { font-size: 1.05rem; margin: 0; }
p { margin: 0; }
code, pre, .id { font: 12.5px/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
header { display: flex; flex-wrap: wrap; gap: 0.25rem 0.75rem; align-items: baseline; margin-bottom: 1rem; }
.soft { color: var(--soft); }
a { color: var(--accent); }
.card {
  background: var(--card); border: 1px solid var(--line); border-radius: 10px;
  padding: 1rem 1.1rem; margin-bottom: 1rem; min-width: 0;
}
.head { display: flex; flex-wrap: wrap; gap: 0.5rem 1rem; align-items: center; justify-content: space-between; }
.actions { display: flex; flex-wrap: wrap; gap: 0.5rem; align-items: center; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 0.3rem 1.25rem; margin: 0; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
button, select {
  font: inherit; color: var(--ink); background: var(--card); border: 1px solid var(--line);
  border-radius: 7px; padding: 0.3rem 0.75rem; max-width: 100%;
}
button { cursor: pointer; }
button:hover, select:hover { border-color: var(--accent); }
button.primary { background: var(--accent); border-color: var(--accent); color: var(--card); font-weight: 600; }
button:disabled { opacity: 0.55; cursor: default; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.state { font-weight: 600; }
.good { color: var(--good); } .warn { color: var(--warn); } .bad { color: var(--bad); }
.note { border-radius: 8px; padding: 0.6rem 0.8rem; margin-top: 0.75rem; }
.note.calm { background: var(--track); color: var(--soft); }
.note.good { background: var(--good-ground); } .note.warn { background: var(--warn-ground); }
.note.bad { background: var(--bad-ground); }
summary { cursor: pointer; color: var(--accent); margin-top: 0.75rem; }

.facts { display: flex; flex-wrap: wrap; gap: 0.1rem 1rem; font-size: 0.86rem; color: var(--soft); }
.facts span { overflow-wrap: anywhere; }
.facts b { font-weight: 600; color: var(--ink); }
.rows { margin-top: 0.7rem; }
.row {
  display: grid; grid-template-columns: minmax(0, 19rem) minmax(0, 1fr) 4.6rem; gap: 0.75rem;
  align-items: center; width: 100%; text-align: left; background: none; border: 0;
  border-top: 1px solid var(--line); border-radius: 0; padding: 0.32rem 0.2rem;
}
.row:hover { background: var(--track); }
.row .name { display: flex; gap: 0.45rem; align-items: center; min-width: 0; }
.row .text { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.row .time { text-align: right; font-variant-numeric: tabular-nums; font-size: 0.86rem; color: var(--soft); }
.dot { flex: none; width: 0.6rem; height: 0.6rem; border-radius: 50%; background: var(--tool); }
.track { position: relative; height: 0.9rem; background: var(--track); border-radius: 4px; overflow: hidden; }
.bar { position: absolute; top: 0; bottom: 0; min-width: 3px; border-radius: 3px; background: var(--tool); }
.mark { position: absolute; top: 0; bottom: 0; width: 2px; margin-left: -1px; background: var(--mark); }
.type-span { background: var(--span); } .type-generation { background: var(--generation); }
.type-event { background: var(--event); }
.level-ERROR.bar { background: var(--failed); } .level-WARNING.bar { background: var(--event); }
.tag { flex: none; font-size: 0.75rem; padding: 0 0.4rem; border-radius: 5px; background: var(--track); color: var(--soft); }
.tag.bad { background: var(--bad-ground); color: var(--bad); }
.tag.warn { background: var(--warn-ground); color: var(--warn); }
.detail { padding: 0.5rem 0.2rem 0.9rem 1.2rem; border-left: 3px solid var(--line); margin: 0 0 0.4rem 0.2rem; }
.detail h4 { margin: 0.7rem 0 0.2rem; font-size: 0.8rem; color: var(--soft); font-weight: 600; }
.detail pre {
  margin: 0; padding: 0.5rem 0.7rem; background: var(--track); border-radius: 7px; max-height: 22rem;
  overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere;
}
.detail dl { font-size: 0.86rem; }
@media (max-width: 40rem) {
  main { padding: 1rem 0.75rem 3rem; }
  .card { padding: 0.85rem 0.85rem; }
  .row { grid-template-columns: minmax(0, 1fr) max-content; gap: 0.25rem 0.75rem; padding: 0.45rem 0.2rem; }
  .row .track { grid-column: 1 / -1; grid-row: 2; height: 0.7rem; }
  dl { gap: 0.3rem 0.9rem; }
}
`;
