// Part of the page's script: traces as trees with a waterfall, details on demand.

export const CLIENT_TRACES = `
const opened = new Set();
const keyOf = (trace, node) => trace.id + " " + node.observation.id + " " + node.observation.startTime;

/** Which half of the trace wrote it, where its metadata is at hand. */
function halfOf(observation) {
  const source = observation.metadata?.source ?? "";
  return /^(frontend|backend)/.exec(source)?.[0];
}

function nodeTags(trace, node) {
  const { observation } = node;
  const tags = [];
  const half = halfOf(observation);
  if (half) tags.push(el("span", "tag half-" + half, half));
  if (node.orphan) tags.push(el("span", "tag warn", "no such parent"));
  if (observation.root && trace.roots.length > 1) tags.push(el("span", "tag bad", "root"));
  if (node.copies > 1) tags.push(el("span", "tag bad", "× " + node.copies));
  if (observation.level === "ERROR") tags.push(el("span", "tag bad", "error"));
  if (observation.level === "WARNING") tags.push(el("span", "tag warn", "warning"));
  return tags;
}

function nodeRow(trace, node) {
  const { observation, bar } = node;
  const type = "type-" + observation.type;
  const name = el("span", "name",
    el("span", "dot " + type), el("span", "text", observation.name || "(no name)"), ...nodeTags(trace, node));
  name.style.paddingLeft = Math.min(node.depth, 8) * 1.1 + "rem";
  const shape = el("span", "bar " + type + " level-" + observation.level);
  shape.style.left = "min(" + bar.left + "%, calc(100% - 3px))";
  shape.style.width = bar.width + "%";
  const track = el("span", "track", shape);
  if (bar.mark !== undefined) {
    const mark = el("span", "mark");
    mark.style.left = bar.mark + "%";
    mark.title = "first token after " + duration(observation.timeToFirstTokenMs);
    track.append(mark);
  }
  const row = button("", () => toggle(trace, node, row), "row");
  row.title = observation.type + " " + observation.name;
  row.dataset.key = keyOf(trace, node);
  row.setAttribute("aria-expanded", "false");
  row.append(name, track, el("span", "time", duration(observation.latencyMs)));
  return row;
}

function factList(entries) {
  const list = el("dl", "");
  for (const [name, value] of entries) {
    if (value === undefined || value === "") continue;
    list.append(el("dt", "", name), el("dd", "", String(value)));
  }
  return list;
}

function details(observation) {
  const box = el("div", "detail");
  const numbers = (record) => record && Object.entries(record).map((pair) => pair.join(" ")).join(", ");
  box.append(factList([
    ["type", observation.type],
    ["id", observation.id],
    ["parent", observation.parentId],
    ["started", new Date(observation.startTime).toISOString()],
    ["took", duration(observation.latencyMs)],
    ["first token", observation.timeToFirstTokenMs === undefined ? undefined : duration(observation.timeToFirstTokenMs)],
    ["level", observation.level === "DEFAULT" ? undefined : observation.level],
    ["message", observation.statusMessage],
    ["model", observation.model],
    ["parameters", observation.modelParameters],
    ["usage", numbers(observation.usage)],
    ["cost", numbers(observation.cost)],
    ["prompt", observation.promptName],
    ["version", observation.version],
    ["session", observation.sessionId],
    ["user", observation.userId],
  ]));
  const texts = [["input", observation.input], ["output", observation.output]];
  for (const [name, record] of [["metadata", observation.metadata], ["trace metadata", observation.traceMetadata]]) {
    const lines = Object.entries(record).map(([key, value]) => key + ": " + pretty(value));
    if (lines.length > 0) texts.push([name, lines.join("\\n")]);
  }
  for (const [name, text] of texts) {
    if (text !== undefined) box.append(el("h4", "", name), el("pre", "", name.endsWith("put") ? pretty(text) : text));
  }
  return box;
}

async function showDetails(trace, node, row) {
  row.setAttribute("aria-expanded", "true");
  const answer = await fetch("/sink/traces/" + encodeURIComponent(trace.id));
  if (!answer.ok || !row.isConnected || row.getAttribute("aria-expanded") !== "true") return;
  const whole = await answer.json();
  const found = whole.nodes.find((other) => keyOf(trace, other) === keyOf(trace, node));
  if (found && !row.nextElementSibling?.classList.contains("detail")) row.after(details(found.observation));
}

function toggle(trace, node, row) {
  const key = keyOf(trace, node);
  if (opened.delete(key)) {
    row.setAttribute("aria-expanded", "false");
    if (row.nextElementSibling?.classList.contains("detail")) row.nextElementSibling.remove();
    return;
  }
  opened.add(key);
  void showDetails(trace, node, row);
}

function fact(name, value) {
  return value === undefined || value === "" ? "" : el("span", "", name + " ", el("b", "", String(value)));
}

function traceCard(trace) {
  const head = el("div", "head", el("h3", "", trace.name || "(no name)"), el("span", "soft", clock(trace.startTime)));
  const facts = el("div", "facts",
    fact("took", duration(trace.latencyMs)),
    fact("first token after", trace.timeToFirstTokenMs === undefined ? undefined : duration(trace.timeToFirstTokenMs)),
    fact("session", trace.sessionId),
    fact("user", trace.userId),
    fact("environment", trace.environment === "default" ? undefined : trace.environment),
    fact("release", trace.release),
    fact("tags", trace.tags.join(", ")),
    ...trace.scores.map((score) => fact("score " + score.name, score.value)));
  const rows = el("div", "rows");
  for (const node of trace.nodes) {
    const row = nodeRow(trace, node);
    rows.append(row);
    if (opened.has(keyOf(trace, node))) queueMicrotask(() => showDetails(trace, node, row));
  }
  if (trace.more > 0) rows.append(el("p", "soft", "and " + trace.more + " more observations"));
  const id = el("div", "facts", el("span", "id", trace.id));
  return el("article", "card trace", head, facts, id, rows);
}
`;
