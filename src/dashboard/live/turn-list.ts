// The list of turns on the page, newest first. A turn stays the same element while it changes; what is opened is
// drawn again while it goes on.
import type { LiveTurn } from "../../protocol/live.ts";
import { button, el } from "../dom/el.ts";
import { turnDetail, type TurnDetail } from "./turn-detail.ts";
import { turnLine, type TurnLine } from "./turn-line.ts";

interface Item {
  node: HTMLElement;
  button: HTMLButtonElement;
  line: TurnLine;
  detail?: TurnDetail;
}

export interface TurnList {
  node: HTMLElement;
  /** `now`: the edge's clock. */
  update: (turns: readonly LiveTurn[], now: number) => void;
  /** Something on the page goes on growing. */
  isMoving: () => boolean;
}

/** `nowOf`: the edge's clock. */
export function turnList(langfuse: () => string | undefined, nowOf: () => number): TurnList {
  const items = new Map<string, Item>();
  const node = el("ol", "turns");
  node.setAttribute("aria-label", "Turns, newest first");
  let shown: readonly LiveTurn[] = [];
  /** Also of a turn that goes and comes, as with another connection or another filter. */
  const opened = new Set<string>();
  const toggle = (item: Item, traceId: string): void => {
    const isOpen = item.detail !== undefined;
    item.button.setAttribute("aria-expanded", String(!isOpen));
    if (isOpen) {
      opened.delete(traceId);
      item.detail?.node.remove();
      delete item.detail;
      return;
    }
    opened.add(traceId);
    item.detail = turnDetail(langfuse);
    item.node.append(item.detail.node);
    const turn = shown.find((one) => one.traceId === traceId);
    if (turn !== undefined) item.detail.update(turn, nowOf());
  };
  const make = (traceId: string): Item => {
    const line = turnLine();
    const opener = button("", () => toggle(item, traceId), "turn-line");
    opener.setAttribute("aria-expanded", "false");
    opener.append(...line.nodes);
    const item: Item = { node: el("li", "turn", opener), button: opener, line };
    items.set(traceId, item);
    if (opened.has(traceId)) toggle(item, traceId);
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
        item.line.update(turn, now);
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
