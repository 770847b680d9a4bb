// Making elements. Text goes in as text, never as markup; the page's policy forbids the other way too.

export type Child = Node | string | undefined;

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

/** Lines for a terminal. It scrolls where the page is narrow, by the keyboard as well. */
export function commandLines(text: string): HTMLElement {
  const node = el("pre", "command", text);
  node.tabIndex = 0;
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

/** Only ever to a web address: what came from elsewhere must not become a script. */
export function link(label: string, url: string): HTMLElement {
  if (!/^(https?:\/\/|#\/|\/(?![/\\]))/i.test(url)) return el("span", "", label);
  const node = el("a", "", label);
  node.href = url;
  if (/^https?:/i.test(url)) {
    node.target = "_blank";
    node.rel = "noreferrer noopener";
  }
  return node;
}

export function byId(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`the page has no #${id}`);
  return element;
}

/** A name and its value, in a line of such. */
export function fact(name: string, value: string | number | undefined): HTMLElement | undefined {
  if (value === undefined || value === "") return undefined;
  return el("span", "", `${name} `, el("b", "", String(value)));
}
