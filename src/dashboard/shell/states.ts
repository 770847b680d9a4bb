// What stands where figures would, while there are none: and what to do about it.
import { type Child, el } from "../dom/el.ts";

export function emptyState(title: string, ...advice: Child[]): HTMLElement {
  return el("div", "card empty", el("h2", "", title), ...advice.map((one) => el("p", "", one)));
}

/** Advice with a command of one's own machine: what plays users. */
export const trafficAdvice = (before: string): HTMLElement =>
  el("span", "", `${before} `, el("code", "", "npm run dev -- --traffic"), ".");

export function card(title: string, why: string, ...content: Child[]): HTMLElement {
  const heading = el("h2", "", title);
  const section = el(
    "section",
    "card",
    heading,
    why === "" ? undefined : el("p", "why", why),
    ...content,
  );
  section.setAttribute("aria-label", title);
  return section;
}

export function tile(name: string, value: string, more = "", tone = ""): HTMLElement {
  return el(
    "div",
    "tile",
    el("span", "tile-name", name),
    el("span", `tile-value ${tone}`.trim(), value),
    more === "" ? undefined : el("span", "tile-more", more),
  );
}
