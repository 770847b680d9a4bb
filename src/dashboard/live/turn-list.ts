// The list of turns on the page, newest first. A turn stays the same element while it changes; what is opened is
// drawn again while it goes on.
import type { LiveTurn } from "../../protocol/live.ts";
import { button, el } from "../dom/el.ts";
import { cut, visible } from "../format/cut.ts";
import { dollars, UNKNOWN } from "../format/number.ts";
import { clock, duration } from "../format/time.ts";
import { assistantOf, outcomeOf, toneOf } from "./filter.ts";
import { firstTokenMs } from "./summary.ts";
import { turnDetail, type TurnDetail } from "./turn-detail.ts";

interface Item {
  node: HTMLElement;
  line: HTMLButtonElement;
  looks: string;
  detail?: TurnDetail;
}

export interface TurnList {
  node: HTMLElement;
  /** `now`: the edge's clock. */
  update: (turns: readonly LiveTurn[], now: number) => void;
  /** Something on the page goes on growing. */
  isMoving: () => boolean;
}

/** `aheadMs`: the edge's clock less the reader's, for moments that the reader compares with a clock. */
export function turnList(langfuse: () => string | undefined, nowOf: () => number): TurnList {
  const items = new Map<string, Item>();
  const node = el("ol", "turns");
  node.setAttribute("aria-label", "Turns, newest first");
  let shown: readonly LiveTurn[] = [];
  const toggle = (item: Item, traceId: string): void => {
    const isOpen = item.detail !== undefined;
    item.line.setAttribute("aria-expanded", String(!isOpen));
    if (isOpen) {
      item.detail?.node.remove();
      delete item.detail;
      return;
    }
    item.detail = turnDetail(langfuse);
    item.node.append(item.detail.node);
    const turn = shown.find((one) => one.traceId === traceId);
    if (turn !== undefined) item.detail.update(turn, nowOf());
  };
  const make = (traceId: string): Item => {
    const line = button("", () => toggle(item, traceId), "turn-line");
    line.setAttribute("aria-expanded", "false");
    const item: Item = { node: el("li", "turn", line), line, looks: "" };
    items.set(traceId, item);
    return item;
  };
  return {
    node,
    isMoving: () => shown.some(({ state }) => state === "open"),
    update: (turns, now) => {
      shown = turns;
      const wanted: Node[] = [];
      const ids = new Set<string>();
      for (const turn of turns) {
        const item = items.get(turn.traceId) ?? make(turn.traceId);
        ids.add(turn.traceId);
        wanted.push(item.node);
        showLine(item, turn, now);
        item.detail?.update(turn, now);
      }
      for (const id of items.keys()) if (!ids.has(id)) items.delete(id);
      place(node, wanted);
    },
  };
}

/** Only what is not where it belongs is moved: moving takes the focus away. */
function place(host: HTMLElement, wanted: readonly Node[]): void {
  const keep = new Set(wanted);
  const gone = Array.from(host.childNodes).filter((child) => !keep.has(child));
  for (const child of gone) child.remove();
  for (const [i, child] of wanted.entries()) {
    const there = host.childNodes[i];
    if (there !== child) host.insertBefore(child, there ?? null);
  }
}

function showLine(item: Item, turn: LiveTurn, now: number): void {
  const { startTime, endTime = now, sessionId = "", userId = "", state } = turn;
  const wait = firstTokenMs(turn);
  const cost = turn.observations.reduce((sum, { cost = 0 }) => sum + cost, 0);
  const took = duration(Math.max(0, (state === "open" ? now : endTime) - startTime));
  const people = [userId, sessionId]
    .filter((text) => text !== "")
    .map((text) => cut(visible(text), 60));
  const first = wait === undefined ? UNKNOWN : duration(wait);
  const texts = [
    clock(startTime, now),
    assistantOf(turn),
    people.join(" · "),
    first,
    took,
    outcomeOf(turn),
  ];
  const looks = JSON.stringify([texts, toneOf(turn), cost]);
  if (item.looks === looks) return;
  item.looks = looks;
  const [when = "", assistant = "", who = ""] = texts;
  const price = cost > 0 ? dollars(cost) : "";
  item.line.replaceChildren(
    el("span", "when", when),
    el("span", "assistant", cut(visible(assistant), 80)),
    el("span", "people", [who, price].filter(Boolean).join(" · ")),
    named("number", first, "first token after"),
    named("number", took, "took"),
    el("span", `outcome ${toneOf(turn)}`, cut(visible(outcomeOf(turn)), 40)),
  );
}

/** A value with the words that a row of values leaves out, for those who hear it. */
function named(className: string, value: string, name: string): HTMLElement {
  const node = el("span", className, el("span", "unseen", `${name} `), value);
  node.title = `${name} ${value}`;
  return node;
}
