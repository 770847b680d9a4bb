// The dashboard's looks, beyond those that all pages have.
import { BASE_STYLE } from "./base-style.ts";

export const DASHBOARD_STYLE = `${BASE_STYLE}
body { padding-top: 0; }
main { max-width: 78rem; padding-top: 1rem; }
main:focus { outline: none; }
.skip { position: absolute; left: -999rem; }
.skip:focus { left: 1rem; top: 0.5rem; z-index: 3; background: var(--card); padding: 0.4rem 0.8rem; border-radius: 7px; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.top { background: var(--card); border-bottom: 1px solid var(--line); margin: 0; position: sticky; top: 0; z-index: 2; }
.top-in { max-width: 78rem; margin: 0 auto; padding: 0.6rem 1.25rem 0; width: 100%; display: flex; flex-wrap: wrap; gap: 0.2rem 1.25rem; align-items: center; }
.top h1 { font-size: 1.05rem; }
.top nav { display: flex; flex-wrap: wrap; gap: 0 0.2rem; flex: 1 1 30rem; }
.top nav a { padding: 0.4rem 0.65rem; color: var(--soft); text-decoration: none; border-bottom: 2px solid transparent; }
.top nav a:hover { color: var(--ink); }
.top nav a[aria-current] { color: var(--ink); border-bottom-color: var(--accent); font-weight: 600; }
.top .who { font-size: 0.86rem; color: var(--soft); display: flex; gap: 0.6rem; align-items: center; }
.top .who button { padding: 0.1rem 0.55rem; font-size: 0.86rem; }
.lamp { display: inline-flex; gap: 0.35rem; align-items: center; }
.lamp::before { content: ""; width: 0.55rem; height: 0.55rem; border-radius: 50%; background: var(--soft); }
.lamp.good::before { background: var(--good); } .lamp.bad::before { background: var(--bad); } .lamp.warn::before { background: var(--event); }
.filters { display: flex; flex-wrap: wrap; gap: 0.5rem 0.8rem; align-items: end; }
.filters label { display: grid; gap: 0.1rem; font-size: 0.8rem; color: var(--soft); min-width: 0; }
.filters label.check { display: flex; align-items: center; gap: 0.4rem; padding-bottom: 0.4rem; }
.filters select, .filters input:not([type=checkbox]) { font-size: 0.9rem; padding: 0.25rem 0.5rem; min-width: 0; max-width: 13rem; height: 2.1rem; }
input:not([type=radio]):not([type=checkbox]) {
  font: inherit; color: var(--ink); background: var(--card); border: 1px solid var(--line); border-radius: 7px; padding: 0.35rem 0.6rem;
}
input[type=checkbox] { accent-color: var(--accent); }
.grid { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr)); gap: 1rem; }
.grid > .card { margin: 0; }
.grid.of-tables { grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr)); }
.wide { grid-column: 1 / -1; }
.stack { display: grid; gap: 1rem; grid-template-columns: minmax(0, 1fr); }
.stack > .card, .stack > .filters, .stack > .note { margin: 0; }
.stack > :empty { display: none; }
.narrow { max-width: 34rem; margin: 2rem auto; }
.why { color: var(--soft); font-size: 0.86rem; margin-bottom: 0.5rem; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: 0.7rem; }
.tile { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 0.6rem 0.8rem; min-width: 0; }
.card .tile { background: var(--track); border: 0; }
.tile-name { display: block; font-size: 0.8rem; color: var(--soft); }
.tile-value { display: block; font-size: 1.3rem; font-weight: 600; font-variant-numeric: tabular-nums; white-space: nowrap; }
.tile-more { display: block; font-size: 0.8rem; color: var(--soft); }
.percentiles { display: flex; gap: 1.1rem; margin: 0.1rem 0 0.5rem; align-items: baseline; flex-wrap: wrap; }
.percentiles .main, .percentiles span.main { color: var(--ink); font-size: 1.45rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.percentiles span { color: var(--soft); font-size: 0.86rem; }
.percentiles b { color: var(--ink); font-variant-numeric: tabular-nums; }
.chart { margin: 0; min-width: 0; }
.plot { border-radius: 6px; overflow: hidden; min-height: 190px; }
.plot.low { min-height: 110px; }
.legend { display: flex; flex-wrap: wrap; gap: 0.1rem 1rem; font-size: 0.82rem; color: var(--soft); }
.legend b { color: var(--ink); font-variant-numeric: tabular-nums; }
.legend .when { margin-left: auto; font-variant-numeric: tabular-nums; }
.swatch { display: inline-block; width: 0.7rem; height: 0.7rem; border-radius: 3px; margin-right: 0.35rem; vertical-align: -1px; }
.tone-p50, .tone-after { background: var(--accent); } .tone-p90 { background: var(--generation); }
.tone-p99 { background: var(--event); } .tone-good { background: var(--tool); } .tone-bad { background: var(--failed); }
.tone-before { background: var(--soft); } .tone-one { background: var(--span); }
details > summary { font-size: 0.86rem; margin-top: 0.5rem; }
.scroller { overflow-x: auto; margin-top: 0.5rem; max-height: 26rem; overflow-y: auto; }
table { border-collapse: collapse; width: 100%; font-size: 0.88rem; }
th, td { text-align: left; padding: 0.32rem 0.7rem 0.32rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
thead th { color: var(--soft); font-weight: 500; position: sticky; top: 0; background: var(--card); white-space: nowrap; }
tbody th { font-weight: 500; overflow-wrap: anywhere; min-width: 7rem; max-width: 22rem; }
th.number, td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; padding-right: 0.3rem; padding-left: 0.7rem; }
td.other { color: var(--soft); }
.part { display: block; height: 0.4rem; border-radius: 3px; background: var(--span); margin-top: 0.2rem; min-width: 2px; }
.verdict { white-space: nowrap; }
.verdict.better { color: var(--good); } .verdict.worse { color: var(--bad); } .verdict.unknown { color: var(--soft); }
caption.left { text-align: left; font-weight: 600; padding: 0.6rem 0 0.1rem; }
.measure table { table-layout: fixed; min-width: 36rem; }
.measure th { width: 20%; }
.whisker-cell { width: 38%; padding-right: 1rem; }
.measure td.number { width: 22%; text-align: left; }
.whisker { display: block; margin-top: 0.3rem; background: var(--track); }
.whisker .bar { opacity: 0.55; }
.range { font-size: 0.8rem; color: var(--soft); display: block; white-space: nowrap; }

.turns { list-style: none; margin: 0; padding: 0; }
.turn { border-top: 1px solid var(--line); }
.turn:first-child { border-top: 0; }
.turn-line {
  display: grid; grid-template-columns: 4.8rem minmax(0, 1fr) minmax(0, 1.5fr) 4.8rem 6.2rem 5.2rem 11.5rem; gap: 0.75rem; align-items: baseline;
  width: 100%; border: 0; border-radius: 0; background: none; text-align: left; padding: 0.45rem 0.3rem;
}
.turn-line:hover { background: var(--track); }
.turn-line > span { min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.turn-line .number { text-align: right; font-variant-numeric: tabular-nums; }
.turn-line .when { color: var(--soft); font-size: 0.86rem; font-variant-numeric: tabular-nums; white-space: normal; }
.turn-line .assistant { font-weight: 600; }
.turn-line .people { color: var(--soft); font-size: 0.86rem; }
.turn-open { padding: 0.5rem 0.3rem 1rem; }
.turn-open > .facts:last-child { margin-top: 0.5rem; }
.outcome { font-size: 0.86rem; }
.outcome.good { color: var(--good); } .outcome.bad { color: var(--bad); } .outcome.warn { color: var(--warn); }
.outcome.under-way { color: var(--accent); }
.outcome.under-way::before { content: ""; display: inline-block; width: 0.55rem; height: 0.55rem; border-radius: 50%; background: var(--accent); margin-right: 0.35rem; animation: pulse 1.2s ease-in-out infinite; }
.bar.open { border-top-right-radius: 0; border-bottom-right-radius: 0; border-right: 2px solid var(--accent); }
.legend-line { font-size: 0.8rem; color: var(--soft); margin-top: 0.4rem; }
@keyframes pulse { 50% { opacity: 0.25; } }
@media (prefers-reduced-motion: reduce) { .outcome.under-way::before { animation: none; } }
.error-item { border-top: 1px solid var(--line); padding: 0.6rem 0; }
.error-item:first-child { border-top: 0; }
.error-item summary { margin: 0; color: var(--ink); overflow-wrap: anywhere; font-size: 0.95rem; }
.error-item pre { max-height: 20rem; overflow: auto; background: var(--track); border-radius: 7px; padding: 0.5rem 0.7rem; white-space: pre-wrap; overflow-wrap: anywhere; }
.sign-in { display: grid; gap: 0.5rem; margin: 0.8rem 0; }
.sign-in button { justify-self: start; }
pre.command { background: var(--track); border-radius: 7px; padding: 0.5rem 0.7rem; overflow-x: auto; margin: 0.4rem 0; }
.empty { text-align: center; padding: 2.2rem 1rem; color: var(--soft); }
.empty code { white-space: nowrap; }
.empty h2 { color: var(--ink); }
.empty p { max-width: 36rem; margin: 0.4rem auto 0; }
.turn-heads { display: grid; grid-template-columns: 4.8rem minmax(0, 1fr) minmax(0, 1.5fr) 4.8rem 6.2rem 5.2rem 11.5rem; gap: 0.75rem; padding: 0.3rem; font-size: 0.8rem; color: var(--soft); }
.turn-heads .number { text-align: right; }
@media (max-width: 60rem) {
  .turn-heads { display: none; }
  .turn-line { grid-template-columns: minmax(0, 1fr) auto auto; gap: 0.1rem 0.75rem; }
  .turn-line .assistant { grid-area: 1 / 1 / auto / 3; }
  .turn-line .outcome { grid-area: 1 / 3; text-align: right; }
  .turn-line .people { grid-area: 2 / 1 / auto / -1; }
  .turn-line .when { grid-area: 3 / 1; }
  .turn-line .first { grid-area: 3 / 2 / auto / -1; }
  .turn-line .cost { grid-area: 4 / 1; text-align: left; }
  .turn-line .took { grid-area: 4 / 2 / auto / -1; }
  .turn-line .unseen { position: static; clip-path: none; width: auto; height: auto; color: var(--soft); font-size: 0.8rem; }
}
@media (max-width: 46rem) {
  .top { position: static; }
  .measure table { min-width: 0; }
  .measure tr { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); border-bottom: 1px solid var(--line); padding: 0.3rem 0; }
  .measure th, .measure td, .measure td.number { border: 0; padding: 0; width: auto; max-width: none; }
  .measure .whisker-cell { grid-column: 1 / -1; grid-row: 2; padding: 0 0 0.3rem; }
  .measure .verdict { grid-column: 1 / -1; }
  .filters label { flex: 1 1 8rem; }
  .filters select, .filters input:not([type=checkbox]) { max-width: none; width: 100%; }
  .top-in { padding: 0.6rem 0.75rem 0; }
  .top nav { flex-basis: 100%; order: 3; }
  .top nav a { padding: 0.35rem 0.5rem; }
  table { font-size: 0.82rem; }
  th.number, td.number { padding-left: 0.4rem; padding-right: 0.1rem; }
  tbody th { min-width: 5rem; }
}
@media print { .top, .filters { position: static; } .plot { break-inside: avoid; } }
`;
