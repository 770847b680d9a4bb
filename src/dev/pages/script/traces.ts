// Traces as trees with a waterfall, details on demand.
import type {
  BriefObservation,
  DrawnTrace,
  SeenObservation,
  SeenTrace,
} from "../../sink/view/answers.ts";
import { button, clock, duration, el, pretty } from "./dom.ts";

/** An observation of a list is brief; one that was asked for has its texts too. */
type Observation = BriefObservation & Partial<SeenObservation>;
export type Trace = DrawnTrace<Observation>;
type Node = Trace["nodes"][number];

const opened = new Set<string>();
const keyOf = (traceId: string, { id, startTime }: Observation): string =>
  `${traceId} ${id} ${startTime}`;

/** Which half of the trace wrote it, where its metadata is at hand. */
export function halfOf({ metadata }: Observation): string | undefined {
  const source = metadata?.["source"];
  return typeof source === "string" ? /^(frontend|backend)/.exec(source)?.[0] : undefined;
}

function nodeTags(trace: Trace, { observation, orphan, copies }: Node): HTMLElement[] {
  const half = halfOf(observation);
  const tags: [shown: boolean, className: string, text: string][] = [
    [half !== undefined, `half-${half}`, half ?? ""],
    [orphan, "warn", "no such parent"],
    [observation.root && trace.roots.length > 1, "bad", "root"],
    [copies > 1, "bad", `× ${copies}`],
    [observation.level === "ERROR", "bad", "error"],
    [observation.level === "WARNING", "warn", "warning"],
  ];
  return tags
    .filter(([shown]) => shown)
    .map(([, className, text]) => el("span", `tag ${className}`, text));
}

function nodeRow(trace: Trace, node: Node): HTMLButtonElement {
  const { observation, bar } = node;
  const type = `type-${observation.type}`;
  const title = el("span", "text", observation.name || "(no name)");
  const name = el("span", "name", el("span", `dot ${type}`), title, ...nodeTags(trace, node));
  name.style.paddingLeft = `${Math.min(node.depth, 8) * 1.1}rem`;
  const shape = el("span", `bar ${type} level-${observation.level}`);
  shape.style.left = `min(${bar.left}%, calc(100% - 3px))`;
  shape.style.width = `${bar.width}%`;
  const track = el("span", "track", shape);
  if (bar.mark !== undefined) {
    const mark = el("span", "mark");
    mark.style.left = `${bar.mark}%`;
    mark.title = `first token after ${duration(observation.timeToFirstTokenMs ?? 0)}`;
    track.append(mark);
  }
  const row = button("", () => toggle(trace, node, row), "row");
  row.title = `${observation.type} ${observation.name}`;
  row.dataset["key"] = keyOf(trace.id, observation);
  row.setAttribute("aria-expanded", "false");
  row.append(name, track, el("span", "time", duration(observation.latencyMs)));
  return row;
}

type Fact = readonly [name: string, value: string | undefined];

function factList(facts: readonly Fact[]): HTMLElement {
  const list = el("dl", "");
  for (const [name, value] of facts) {
    if (value !== undefined && value !== "") list.append(el("dt", "", name), el("dd", "", value));
  }
  return list;
}

const pairs = (record: Readonly<Record<string, unknown>> | undefined): string | undefined =>
  record &&
  Object.entries(record)
    .map((pair) => pair.join(" "))
    .join(", ");

function details(observation: SeenObservation): HTMLElement {
  const { timeToFirstTokenMs: first, level, input, output } = observation;
  const facts: Fact[] = [
    ["type", observation.type],
    ["id", observation.id],
    ["parent", observation.parentId],
    ["started", new Date(observation.startTime).toISOString()],
    ["took", duration(observation.latencyMs)],
    ["first token", first === undefined ? undefined : duration(first)],
    ["level", level === "DEFAULT" ? undefined : level],
    ["message", observation.statusMessage],
    ["model", observation.model],
    ["parameters", pairs(observation.modelParameters)],
    ["usage", pairs(observation.usage)],
    ["cost", pairs(observation.cost)],
    ["prompt", observation.promptName],
    ["version", observation.version],
    ["session", observation.sessionId],
    ["user", observation.userId],
  ];
  const metadata = Object.entries(observation.metadata).map(
    ([key, value]) =>
      `${key}: ${typeof value === "string" ? value : JSON.stringify(value, null, 2)}`,
  );
  const texts: Fact[] = [
    ["input", input && pretty(input)],
    ["output", output && pretty(output)],
    ["metadata", metadata.join("\n")],
  ];
  const shown = texts.flatMap(([name, text]) =>
    text === undefined || text === "" ? [] : [el("h4", "", name), el("pre", "", text)],
  );
  return el("div", "detail", factList(facts), ...shown);
}

const hasDetails = (row: HTMLElement): boolean =>
  row.nextElementSibling?.classList.contains("detail") ?? false;

async function showDetails(trace: Trace, node: Node, row: HTMLElement): Promise<void> {
  row.setAttribute("aria-expanded", "true");
  const answer = await fetch(`/sink/traces/${encodeURIComponent(trace.id)}`);
  const stillOpen = row.isConnected && row.getAttribute("aria-expanded") === "true";
  if (!answer.ok || !stillOpen) return;
  const whole = (await answer.json()) as SeenTrace;
  const key = keyOf(trace.id, node.observation);
  const found = whole.nodes.find(({ observation }) => keyOf(trace.id, observation) === key);
  if (found && !hasDetails(row)) row.after(details(found.observation));
}

function toggle(trace: Trace, node: Node, row: HTMLElement): void {
  const key = keyOf(trace.id, node.observation);
  if (!opened.delete(key)) {
    opened.add(key);
    void showDetails(trace, node, row);
    return;
  }
  row.setAttribute("aria-expanded", "false");
  if (hasDetails(row)) row.nextElementSibling?.remove();
}

export function fact(name: string, value: string | number | undefined): HTMLElement | undefined {
  if (value === undefined || value === "") return undefined;
  return el("span", "", `${name} `, el("b", "", String(value)));
}

export function traceCard(trace: Trace): HTMLElement {
  const { timeToFirstTokenMs: first, environment } = trace;
  const title = el("h3", "", trace.name || "(no name)");
  const head = el("div", "head", title, el("span", "soft", clock(trace.startTime)));
  const facts = el(
    "div",
    "facts",
    fact("took", duration(trace.latencyMs)),
    fact("first token after", first === undefined ? undefined : duration(first)),
    fact("session", trace.sessionId),
    fact("user", trace.userId),
    fact("environment", environment === "default" ? undefined : environment),
    fact("release", trace.release),
    fact("tags", trace.tags.join(", ")),
    ...trace.scores.map((score) => fact(`score ${score.name}`, score.value)),
  );
  const rows = el("div", "rows");
  for (const node of trace.nodes) {
    const row = nodeRow(trace, node);
    rows.append(row);
    if (opened.has(keyOf(trace.id, node.observation))) {
      queueMicrotask(() => void showDetails(trace, node, row));
    }
  }
  if (trace.more > 0) rows.append(el("p", "soft", `and ${trace.more} more observations`));
  const id = el("div", "facts", el("span", "id", trace.id));
  const card = el("article", "card trace", head, facts, id, rows);
  card.id = trace.id;
  return card;
}
