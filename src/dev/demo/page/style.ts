// The demo page's style beyond the development page's.

export const DEMO_STYLE = `
main.demo { max-width: 88rem; }
.honest { margin: 0 0 1rem; }
.halves { display: grid; grid-template-columns: minmax(20rem, 27rem) minmax(0, 1fr); gap: 1rem; align-items: start; }
.chat { display: flex; flex-direction: column; gap: 0.9rem; position: sticky; top: 1rem; }
.talk { display: flex; flex-direction: column; gap: 0.6rem; min-height: 12rem; max-height: 24rem; overflow-y: auto; }
.bubble { border-radius: 12px; padding: 0.5rem 0.8rem; max-width: 92%; overflow-wrap: anywhere; }
.question { align-self: flex-end; background: var(--accent); color: var(--card); border-bottom-right-radius: 4px; }
.answer { align-self: flex-start; text-align: left; background: var(--track); border-bottom-left-radius: 4px; border-width: 1px; width: 92%; }
.answer[aria-current] { border-color: var(--accent); }
.bubble-head { display: flex; flex-wrap: wrap; gap: 0.2rem 0.5rem; align-items: baseline; font-size: 0.82rem; }
.bubble-head .tag { background: var(--card); }
.state-of { margin-left: auto; color: var(--soft); }
.answer[data-state=done] .state-of { color: var(--good); }
.answer[data-state=failed] .state-of, .answer[data-state=stopped] .state-of { color: var(--bad); }
.problem { color: var(--bad); }
.says { margin-top: 0.15rem; }
.tool { display: block; font-size: 0.82rem; color: var(--soft); overflow-wrap: anywhere; }
.ratings { display: flex; gap: 0.4rem; margin-top: -0.3rem; }
.rating { font-size: 0.78rem; padding: 0.05rem 0.55rem; border-radius: 999px; color: var(--soft); }
.rating[aria-pressed=true] { color: var(--ink); border-color: var(--accent); }
form { display: flex; flex-direction: column; gap: 0.7rem; border-top: 1px solid var(--line); padding-top: 0.9rem; }
.topics { display: flex; flex-wrap: wrap; gap: 0.35rem; }
.topic { font-size: 0.82rem; padding: 0.12rem 0.6rem; border-radius: 999px; color: var(--soft); }
textarea, input:not([type=radio]) {
  font: inherit; color: var(--ink); background: var(--card); border: 1px solid var(--line); border-radius: 7px;
  padding: 0.4rem 0.6rem; width: 100%;
}
textarea { resize: vertical; }
.fields { display: grid; grid-template-columns: 1fr 1fr; gap: 0.7rem; }
.fields label { font-size: 0.82rem; color: var(--soft); }
.fields select { width: 100%; padding: 0.4rem 0.4rem; }
fieldset { border: 0; margin: 0; padding: 0; }
legend { font-size: 0.82rem; color: var(--soft); padding: 0; }
.choice { display: flex; gap: 0.5rem; align-items: baseline; padding: 0.15rem 0; }
.choice input { accent-color: var(--accent); }
.choice:has(input:disabled) { color: var(--soft); }
.joins { display: block; font-size: 0.82rem; color: var(--soft); }
.evidence { min-width: 0; }
.evidence > #trace > .note, .evidence > #trace > .facts { margin: 0 0 0.6rem; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(6.2rem, 1fr)); gap: 0.6rem; margin: 0.8rem 0; }
.tile { background: var(--track); border-radius: 8px; padding: 0.45rem 0.6rem; }
.tile-name { display: block; font-size: 0.78rem; color: var(--soft); }
.tile-value { font-size: 1.1rem; white-space: nowrap; font-weight: 600; font-variant-numeric: tabular-nums; }
.soon { margin: 0.7rem 0; padding-left: 1.2rem; }
.soon li { padding: 0.2rem 0; }
.marks { list-style: none; margin: 0; padding: 0; }
.marks li { display: grid; grid-template-columns: 13rem minmax(0, 1fr) 4.6rem; gap: 0.75rem; align-items: center; padding: 0.14rem 0; }
.marks .track { height: 0.5rem; }
.marks .time { text-align: right; font-variant-numeric: tabular-nums; font-size: 0.86rem; }
.pin { position: absolute; top: 0; bottom: 0; width: 0.6rem; border-radius: 4px; background: var(--accent); }
.demo .row { grid-template-columns: minmax(0, 24rem) minmax(0, 1fr) 4.6rem; }
.how summary { margin: 0; }
.how pre { margin: 0.7rem 0 0; overflow-x: auto; }
.half-frontend { color: var(--accent); } .half-backend { color: var(--good); }
@media (max-width: 64rem) {
  .halves { grid-template-columns: minmax(0, 1fr); }
  .chat { position: static; }
}
@media (max-width: 40rem) {
  .demo .row { grid-template-columns: minmax(0, 1fr) max-content; }
  .marks li { grid-template-columns: minmax(0, 1fr) max-content; }
  .marks .track { display: none; }
  .fields { grid-template-columns: 1fr; }
}
`;
