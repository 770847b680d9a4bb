// Elements of the development pages, and how they write times and texts. Making elements is the dashboard's.
import { byId } from "../../../dashboard/dom/el.ts";
import type { Line } from "./sink-state.ts";

export { button, byId, el } from "../../../dashboard/dom/el.ts";

/** The element of an id that has to be of this kind. */
export function control<E extends HTMLElement>(id: string, kind: new () => E): E {
  const element = byId(id);
  if (!(element instanceof kind)) throw new Error(`#${id} is no ${kind.name}`);
  return element;
}

/** The data that the Worker put into the page. */
export const pageData = (): unknown => JSON.parse(byId("page-data").textContent ?? "");

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
