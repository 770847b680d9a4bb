// The development page's looks, beyond those that all pages have.
import { BASE_STYLE } from "../../dashboard/look/base-style.ts";

export const STYLE = `${BASE_STYLE}
.steps { list-style: none; margin: 0.75rem 0 0; padding: 0; }
.steps li { padding: 0.5rem 0; border-top: 1px solid var(--line); }
.step-head { display: flex; gap: 0.6rem; align-items: center; }
.step-head .title { flex: 1; min-width: 0; }
.step-head .result { font-size: 0.85rem; overflow-wrap: anywhere; }
.steps button { padding: 0.1rem 0.55rem; font-size: 0.85rem; }
.steps pre {
  margin: 0.35rem 0 0; padding: 0.5rem 0.7rem; background: var(--track); border-radius: 7px;
  white-space: pre-wrap; overflow-wrap: anywhere;
}

.findings { list-style: none; margin: 0.6rem 0 0; padding: 0; max-height: 26rem; overflow-y: auto; }
.findings li { padding: 0.5rem 0; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
.findings .where { display: block; color: var(--soft); }
.card.alarm { border-color: var(--bad); border-left-width: 5px; }
.card.hint { border-left: 5px solid var(--warn); }

.trace > .head { margin-bottom: 0.35rem; }
.trace h3 { margin: 0; font-size: 1rem; overflow-wrap: anywhere; }
`;
