// A waterfall on the page. Its rows stay the same elements while they grow, so that nobody who reads or points at
// one is thrown off.
import { button, el } from "../dom/el.ts";
import { cut, visible } from "../format/cut.ts";
import { duration } from "../format/time.ts";
import type { Bar, Waterfall, WaterfallPart } from "./layout.ts";

export interface DrawnPart extends WaterfallPart {
  type: string;
  name: string;
  level?: string | undefined;
}

interface Row<P> {
  part: P;
  /** What its detail tells of: told anew only where that changed, so that a reader can mark text. */
  told: string;
  button: HTMLButtonElement;
  name: HTMLElement;
  bar: HTMLElement;
  mark: HTMLElement;
  time: HTMLElement;
  detail: HTMLElement;
}

export interface WaterfallView<P> {
  node: HTMLElement;
  update: (waterfall: Waterfall<P>) => void;
}

const MAX_NAME_LENGTH = 80;

/** `detailOf`: what is told of a part that is opened. */
export function waterfallView<P extends DrawnPart>(detailOf: (part: P) => Node): WaterfallView<P> {
  const rows = new Map<string, Row<P>>();
  const node = el("div", "rows");
  const tell = (row: Row<P>): void => {
    const looks = JSON.stringify(row.part);
    if (row.told === looks) return;
    row.told = looks;
    row.detail.replaceChildren(detailOf(row.part));
  };
  const make = (part: P): Row<P> => {
    const name = el("span", "name");
    const bar = el("span", "bar");
    const mark = el("span", "mark");
    const time = el("span", "time");
    const detail = el("div", "detail");
    detail.hidden = true;
    const line = button(
      "",
      () => {
        detail.hidden = !detail.hidden;
        if (!detail.hidden) tell(row);
        line.setAttribute("aria-expanded", String(!detail.hidden));
      },
      "row",
    );
    line.setAttribute("aria-expanded", "false");
    line.append(name, el("span", "track", bar, mark), time);
    const row = { part, told: "", button: line, name, bar, mark, time, detail };
    rows.set(part.id, row);
    return row;
  };
  return {
    node,
    update: ({ bars }) => {
      const wanted: Node[] = [];
      const ids = new Set<string>();
      for (const bar of bars) {
        const row = rows.get(bar.part.id) ?? make(bar.part);
        row.part = bar.part;
        ids.add(bar.part.id);
        show(row, bar);
        if (!row.detail.hidden) tell(row);
        wanted.push(row.button, row.detail);
      }
      for (const id of rows.keys()) if (!ids.has(id)) rows.delete(id);
      // Moving an element takes its focus away: only where the order is another one.
      const same =
        wanted.length === node.childNodes.length &&
        wanted.every((one, i) => node.childNodes[i] === one);
      if (!same) node.replaceChildren(...wanted);
    },
  };
}

function show<P extends DrawnPart>(
  row: Row<P>,
  { part, depth, left, width, mark, isOpen, tookMs }: Bar<P>,
): void {
  const { type, name, level = "DEFAULT" } = part;
  const shownName = cut(visible(name), MAX_NAME_LENGTH);
  const kind = KINDS.has(type) ? type : "span";
  const isFailed = level === "ERROR";
  const looks = `${kind} ${shownName} ${level} ${depth}`;
  if (row.name.dataset["looks"] !== looks) {
    row.name.dataset["looks"] = looks;
    row.name.replaceChildren(
      el("span", `dot type-${kind}`),
      el("span", "text", shownName),
      ...(isFailed ? [el("span", "tag bad", "error")] : []),
      ...(level === "WARNING" ? [el("span", "tag warn", "warning")] : []),
    );
    row.name.style.paddingLeft = `${depth * 1.1}rem`;
    row.button.title = `${type} ${shownName}`;
  }
  row.bar.className = `bar type-${kind} level-${isFailed || level === "WARNING" ? level : "DEFAULT"}${isOpen ? " open" : ""}`;
  row.bar.style.left = `min(${left}%, calc(100% - 3px))`;
  row.bar.style.width = `${width}%`;
  row.mark.hidden = mark === undefined;
  row.mark.style.left = `${mark ?? 0}%`;
  row.mark.title = "first token";
  const took = isOpen ? `${duration(tookMs)} …` : duration(tookMs);
  if (row.time.textContent !== took) row.time.textContent = took;
}

/** Types that have a colour; a word of somebody else's never becomes a class. */
const KINDS = new Set(["span", "generation", "event", "tool"]);
