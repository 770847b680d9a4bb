// Fresh content in the place of old, without moving whoever reads it: what was opened stays open, what had the
// focus has it, what was scrolled is where it was. Elements are known by their ids.

export function replaceKeepingPlace(host: HTMLElement, ...fresh: Node[]): void {
  const focused = host.contains(document.activeElement) ? document.activeElement?.id : undefined;
  const opened = Array.from(host.querySelectorAll("details[open][id]"), ({ id }) => id);
  const scrolled = Array.from(host.querySelectorAll(".scroller"), (node) => node.scrollTop);
  host.replaceChildren(...fresh);
  for (const id of opened) {
    const details = document.getElementById(id);
    if (details instanceof HTMLDetailsElement) details.open = true;
  }
  for (const [i, node] of host.querySelectorAll(".scroller").entries()) {
    node.scrollTop = scrolled[i] ?? 0;
  }
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}
