// The state of the built-in Langfuse, in lines. Pure: nothing is green that is not known.
import type { Behaviour, Overview } from "../../sink/view/answers.ts";

/** How something stands: words, and their colour. */
export interface Line {
  tone: "soft" | "good" | "warn" | "bad";
  text: string;
}

const count = (n: number, word: string): string => `${n} ${word}${n === 1 ? "" : "s"}`;

/** Why nothing gets in while the sink behaves so; undefined where what is sent is taken. */
function troubleOf(behaviour: Behaviour): string | undefined {
  const { status, html, redirect, delayMs = 0 } = behaviour;
  if (status !== undefined) return `answers ${status}`;
  if (html === true) return "shows a login page";
  if (redirect !== undefined) return "redirects";
  return delayMs > 30_000 ? "hangs" : undefined;
}

/** How the sink stands. */
export function sinkState({ counts, behaviour, findings }: Overview): Line {
  const trouble = troubleOf(behaviour);
  if (trouble !== undefined) {
    const text = `Simulated: Langfuse ${trouble}. The edge keeps what comes in and delivers it when Langfuse works again.`;
    return { tone: "warn", text };
  }
  if (behaviour.refuse !== undefined) {
    const text = `Simulated: Langfuse refuses what is named ${behaviour.refuse}: it becomes a dead letter, and the rest is taken.`;
    return { tone: "warn", text };
  }
  const refused = Object.values(counts.last).find((status) => status >= 300);
  if (refused !== undefined) {
    const text = `Langfuse last answered ${refused}. The edge keeps what was not taken and tries again by itself.`;
    return { tone: "warn", text };
  }
  const { observations, scores, dropped } = counts;
  if (observations + scores === 0 && findings.length === 0) {
    return { tone: "soft", text: "Nothing was sent here yet." };
  }
  const stored = [count(observations, "observation"), scores > 0 && count(scores, "score")]
    .filter(Boolean)
    .join(" and ");
  const old = dropped > 0 ? ` (${count(dropped, "old trace")} dropped to stay small)` : "";
  const slow = (behaviour.delayMs ?? 0) > 0 ? " Simulated: Langfuse is slow." : "";
  if (findings.length > 0) return { tone: "soft", text: `${stored} stored${old}.${slow}` };
  return {
    tone: slow === "" ? "good" : "warn",
    text: `${stored} stored${old}: of what was sent here nothing was lost, nothing doubled.${slow}`,
  };
}

/** A turn that the page sent, once the edge has kept it. */
export interface SentTurn {
  actions: number;
  /** From the first action to the last answer, ms. */
  tookMs: string;
  langfuseTraceId: string;
}

/** Where a kept turn is; `afterMs`: how long after its last answer its root was seen. */
export function turnState(
  { actions, tookMs, langfuseTraceId }: SentTurn,
  { traces, behaviour }: Pick<Overview, "traces" | "behaviour">,
  afterMs: string | undefined,
): Line {
  const kept = `${actions} actions kept in ${tookMs}`;
  const trace = traces.find(({ id }) => id === langfuseTraceId);
  if (trace !== undefined && trace.roots.length > 0) {
    const when = afterMs === undefined ? "" : `, ${afterMs} later`;
    return { tone: "good", text: `${kept}; the trace is in Langfuse${when}` };
  }
  const trouble = troubleOf(behaviour);
  return trouble === undefined
    ? { tone: "soft", text: `${kept}, on their way to Langfuse…` }
    : { tone: "warn", text: `${kept}; they wait in the edge: Langfuse ${trouble}` };
}
