// An estimate as a dot, and where the true value may be as a bar around it, on one scale for all variants.
import type { Estimate } from "../../protocol/figures/body/experiments.ts";
import { el } from "../dom/el.ts";
import { percentAt, type Scale } from "./scale.ts";

/** Its words stand beside it. */
export function whisker({ low, value, high }: Estimate, scale: Scale): HTMLElement {
  const track = el("span", "track whisker");
  track.setAttribute("aria-hidden", "true");
  if (low !== null && high !== null) {
    const bar = el("span", "bar tone-one");
    bar.style.left = `${percentAt(low, scale)}%`;
    bar.style.width = `${percentAt(high, scale) - percentAt(low, scale)}%`;
    track.append(bar);
  }
  if (value !== null) {
    const dot = el("span", "mark");
    dot.style.left = `${percentAt(value, scale)}%`;
    track.append(dot);
  }
  return track;
}
