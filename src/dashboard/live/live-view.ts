// What is happening now: turns as the edge tells of them.
import type { LiveMessage } from "../../protocol/live.ts";
import { button, el } from "../dom/el.ts";
import { count, counted, share } from "../format/number.ts";
import { duration } from "../format/time.ts";
import { langfuseAddress } from "../langfuse-link.ts";
import type { Field } from "../shell/field.ts";
import { filters } from "../shell/filters.ts";
import { replaceKeepingPlace } from "../shell/keep-place.ts";
import { card, emptyState, tile, trafficAdvice } from "../shell/states.ts";
import type { Lamp, View, ViewContext } from "../shell/view.ts";
import { watch } from "./connection.ts";
import { assistantsOf, MAX_SHOWN, shownTurns } from "./filter.ts";
import { withSilent } from "./silence.ts";
import { summaryOf } from "./summary.ts";
import { turnList } from "./turn-list.ts";
import { EMPTY_MEMORY, remember, type TurnMemory } from "./turn-memory.ts";

const DRAW_AFTER_MS = 80;
/** While an answer streams its bars grow this often. */
const GROW_MS = 250;
/** What ended leaves the last five minutes. */
const FADE_MS = 10_000;
const OUTCOMES = [
  "under way",
  "completed",
  "failed",
  "stopped",
  "abandoned",
  "cut",
  "filtered",
  "refused",
  "not ended",
];

const LAMPS: Record<"connecting" | "live" | "lost" | "resting", [Lamp, string]> = {
  connecting: ["warn", "connecting"],
  live: ["good", "live"],
  lost: ["bad", "connection lost, trying again"],
  resting: ["", "resting while nobody looks"],
};

export const liveView: View = (context) => {
  const { api, choices, choose, signal, lamp, tellProblem } = context;
  let memory: TurnMemory = EMPTY_MEMORY;
  /** What is shown while it is paused, and since when. */
  let paused: { memory: TurnMemory; at: number } | undefined;
  let langfuse: string | undefined;
  let heard = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const edgeNow = (): number => Date.now() + (memory.aheadMs ?? 0);
  const pause = button("Pause", () => {
    paused = paused === undefined ? { memory, at: edgeNow() } : undefined;
    pause.textContent = paused === undefined ? "Pause" : "Go on";
    pause.setAttribute("aria-pressed", String(paused !== undefined));
    draw();
  });
  pause.id = "pause";
  pause.setAttribute("aria-pressed", "false");
  const bar = el("div", "");
  const tiles = el("div", "tiles");
  const note = el("p", "soft");
  note.setAttribute("role", "status");
  const list = turnList(() => langfuse, edgeNow);
  const content = card("Turns", "Newest first; open one to see it grow.", note, heads(), list.node);
  const empty = el("div", "");
  const node = el("div", "stack", bar, tiles, empty, content);

  let fields = "";
  const drawBar = (): void => {
    const assistants = assistantsOf(memory.turns.values());
    const looks = JSON.stringify(assistants);
    if (looks === fields) return;
    fields = looks;
    replaceKeepingPlace(bar, filters(fieldsOf(assistants), choices, choose, pause));
  };
  const draw = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (signal.aborted) return;
    const now = paused?.at ?? edgeNow();
    const known = paused?.memory ?? memory;
    const seen = { ...known, turns: withSilent(known.turns, now) };
    drawBar();
    drawTiles(tiles, seen, now);
    const fitting = shownTurns(seen.turns.values(), choices);
    list.update(fitting.slice(0, MAX_SHOWN), now);
    content.hidden = fitting.length === 0;
    empty.replaceChildren(...(fitting.length > 0 || !heard ? [] : [emptyOf(context, seen)]));
    const words = noteOf(seen, memory, paused !== undefined, fitting.length);
    if (note.textContent !== words) note.textContent = words;
    if (paused === undefined) timer = setTimeout(draw, list.isMoving() ? GROW_MS : FADE_MS);
  };
  const soon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(draw, DRAW_AFTER_MS);
  };
  watch(
    api,
    {
      message: (message: LiveMessage) => {
        heard = true;
        memory = remember(memory, message, Date.now());
        soon();
      },
      state: (state) => lamp(...LAMPS[state]),
      problem: tellProblem,
    },
    signal,
  );
  void langfuseAddress(api, signal).then((url) => {
    langfuse = url;
    soon();
  });
  signal.addEventListener("abort", () => clearTimeout(timer));
  drawBar();
  draw();
  return node;
};

/** Above the list, for those who see it; each value says its name to those who hear it. */
function heads(): HTMLElement {
  const node = el(
    "div",
    "turn-heads",
    el("span", "", "Began"),
    el("span", "", "Assistant"),
    el("span", "", "User · session"),
    el("span", "number", "Cost"),
    el("span", "number", "First token"),
    el("span", "number", "Took"),
    el("span", "", "Outcome"),
  );
  node.setAttribute("aria-hidden", "true");
  return node;
}

function fieldsOf(assistants: readonly string[]): Field[] {
  const options = (all: string, values: readonly string[]) => [
    { value: "", label: all },
    ...values.map((value) => ({ value, label: value })),
  ];
  return [
    { kind: "select", name: "assistant", label: "Assistant", options: options("all", assistants) },
    { kind: "select", name: "outcome", label: "Outcome", options: options("all", OUTCOMES) },
    { kind: "text", name: "session", label: "Session", placeholder: "any" },
    { kind: "text", name: "user", label: "User", placeholder: "any" },
    { kind: "tick", name: "errors", label: "Errors only" },
  ];
}

function drawTiles(host: HTMLElement, { turns }: TurnMemory, now: number): void {
  const { underWay, ended, failed, firstTokenMs, turnMs } = summaryOf(turns.values(), now);
  host.replaceChildren(
    tile("Under way", count(underWay), underWay === 1 ? "turn" : "turns"),
    tile("Ended", count(ended), "in the last 5 min"),
    tile(
      "Failed",
      count(failed),
      ended === 0 ? "" : `${share(failed, ended)} of them`,
      failed > 0 ? "bad" : "",
    ),
    tile("First token after", duration(firstTokenMs), "median: half waited less"),
    tile("A turn takes", duration(turnMs), "median"),
  );
}

function noteOf(seen: TurnMemory, latest: TurnMemory, isPaused: boolean, fitting: number): string {
  const parts: string[] = [];
  if (isPaused) {
    const fresh = [...latest.turns.keys()].filter((id) => !seen.turns.has(id)).length;
    parts.push(`Paused. ${counted(fresh, "turn has", "turns have")} begun since.`);
  }
  if (fitting > MAX_SHOWN) parts.push(`The latest ${MAX_SHOWN} of ${count(fitting)}.`);
  if (latest.skipped > 0) {
    parts.push(`${counted(latest.skipped, "change")} left out: more happens than can be told.`);
  }
  return parts.join(" ");
}

function emptyOf({ choices, choose }: ViewContext, { turns }: TurnMemory): HTMLElement {
  if (turns.size === 0) {
    return emptyState(
      "Nothing happens just now",
      "A turn appears here the moment a user sends a message, before Langfuse has any of it.",
      trafficAdvice("To see one: ask something in your chat, or on your own machine"),
    );
  }
  const none = Object.fromEntries(Object.keys(choices).map((name) => [name, ""]));
  return emptyState(
    "No turn fits",
    `There are ${count(turns.size)}, but none with this assistant, outcome, session and user.`,
    button("Show all", () => choose(none)),
  );
}
