// What the address says that is shown: a view and its choices, behind the #, where no server sees it. So that a
// link leads to the same view, and the browser's back does too. Pure.

export const VIEWS = [
  { name: "live", title: "Live" },
  { name: "speed", title: "Speed" },
  { name: "tools", title: "Tools" },
  { name: "experiments", title: "Experiments" },
  { name: "cost", title: "Cost" },
  { name: "errors", title: "Errors" },
  { name: "delivery", title: "Delivery" },
] as const;

export type ViewName = (typeof VIEWS)[number]["name"];

/** Choices by name; what is not chosen is not there. */
export type Choices = Readonly<Record<string, string>>;

export interface Route {
  view: ViewName;
  choices: Choices;
}

/** `#/speed?by=model`; anything else is the first view without choices. */
export function readRoute(hash: string): Route {
  const [, name = "", query = ""] = /^#\/([a-z]*)(?:\?(.*))?$/s.exec(hash) ?? [];
  const view = VIEWS.find((one) => one.name === name)?.name ?? VIEWS[0].name;
  const choices: Record<string, string> = {};
  for (const [key, value] of new URLSearchParams(query)) {
    if (/^[a-z]\w*$/i.test(key) && value !== "" && key !== "__proto__") choices[key] = value;
  }
  return { view, choices };
}

export function writeRoute({ view, choices }: Route): string {
  const query = new URLSearchParams(
    Object.entries(choices).filter(([, value]) => value !== ""),
  ).toString();
  return `#/${view}${query === "" ? "" : `?${query}`}`;
}

/** The same view with one other choice; an empty one is none. */
export function choose({ view, choices }: Route, changes: Choices): Route {
  const chosen = Object.entries({ ...choices, ...changes }).filter(([, value]) => value !== "");
  return { view, choices: Object.fromEntries(chosen) };
}
