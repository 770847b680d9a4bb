// Making elements. Text goes in as text, never as markup; the page's policy forbids the other way too.
import type { Line } from "./sink-state.ts";

type Child = Node | string | undefined;

export function byId(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`the page has no #${id}`);
  return element;
}

/** The element of an id that has to be of this kind. */
export function control<E extends HTMLElement>(id: string, kind: new () => E): E {
  const element = byId(id);
  if (!(element instanceof kind)) throw new Error(`#${id} is no ${kind.name}`);
  return element;
}

/** The data that the Worker put into the page. */
export const pageData = (): unknown => JSON.parse(byId("page-data").textContent ?? "");

export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className: string,
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  if (className !== "") node.className = className;
  for (const child of children) {
    if (child !== undefined && child !== "") node.append(child);
  }
  return node;
}

export function button(
  label: string,
  onClick: (node: HTMLButtonElement) => void,
  className = "",
): HTMLButtonElement {
  const node = el("button", className, label);
  node.type = "button";
  node.addEventListener("click", () => onClick(node));
  return node;
}

export function duration(ms: number): string {
  const size = Math.abs(ms);
  if (size < 1000) return `${Math.round(ms)} ms`;
  if (size < 120_000) return `${(ms / 1000).toFixed(2)} s`;
  if (size < 7_200_000) return `${(ms / 60_000).toFixed(1)} min`;
  return `${(ms / 3_600_000).toFixed(1)} h`;
}

export function clock(ms: number): string {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) return "?";
  const today = date.toDateString() === new Date().toDateString();
  return today ? date.toLocaleTimeString() : date.toLocaleString();
}

export function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

const COPIED_FOR_MS = 1500;

export async function copy(text: string, node: HTMLButtonElement): Promise<void> {
  const label = node.textContent;
  try {
    await navigator.clipboard.writeText(text);
    node.textContent = "copied";
  } catch {
    node.textContent = "select and copy";
  }
  setTimeout(() => {
    node.textContent = label;
  }, COPIED_FOR_MS);
}

export function showLine(node: HTMLElement, { tone, text }: Line): void {
  node.className = tone;
  node.textContent = text;
}
