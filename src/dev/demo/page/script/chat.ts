// The conversation, and the form below it.
import { button, byId, control, copy, el } from "../../../pages/script/dom.ts";
import type { BackendId } from "../../backends.ts";
import { showMeasures } from "./measures.ts";
import { showTrace, startTraces } from "./trace.ts";
import { beginTurn, ownTone, page, type ToolCall, type Turn } from "./turn.ts";

interface Shown {
  turn: Turn;
  answer: HTMLElement;
  says: HTMLElement;
  tools: HTMLElement;
  state: HTMLElement;
  ratings: HTMLButtonElement[];
  copying: HTMLButtonElement;
}

const STATES = { running: "answering…", done: "answered", stopped: "stopped", failed: "failed" };

const all: Shown[] = [];
let current: Shown | undefined;

const form = {
  message: control("message", HTMLTextAreaElement),
  assistant: control("assistant", HTMLInputElement),
  fails: control("fails", HTMLSelectElement),
  tone: control("tone", HTMLSelectElement),
  send: control("send", HTMLButtonElement),
  stop: control("stop", HTMLButtonElement),
};

const isRunning = (): boolean => all.some(({ turn }) => turn.state === "running");
const chosen = (): BackendId | undefined =>
  document.querySelector<HTMLInputElement>("input[name=backend]:checked")?.value as
    | BackendId
    | undefined;
const canAsk = (): boolean => chosen() !== undefined && form.message.value.trim() !== "";

function showButtons(): void {
  form.stop.disabled = !isRunning();
  form.send.disabled = isRunning() || !canAsk();
}

function show(one: Shown): void {
  current?.answer.removeAttribute("aria-current");
  current = one;
  one.answer.setAttribute("aria-current", "true");
  showMeasures(one.turn);
  showTrace(one.turn);
}

function add(turn: Turn): Shown {
  byId("nothing").hidden = true;
  const state = el("span", "state-of");
  const says = el("p", "says");
  const answer = button("", () => show(one), "bubble answer");
  const tag = el("span", "tag", page.backends[turn.backend].short);
  const tone = el("span", "tag", turn.tone);
  const tools = el("span", "tools");
  answer.append(
    el("span", "bubble-head", el("b", "", turn.assistant), tag, tone, state),
    tools,
    says,
  );
  const ratings = [true, false].map((helpful) =>
    button(helpful ? "Helpful" : "Not helpful", () => rate(one, helpful), "rating"),
  );
  const onCopy = (node: HTMLButtonElement): void => {
    turn.did("copied");
    void copy(turn.text, node);
  };
  const copying = button("Copy", onCopy, "rating");
  const one: Shown = { turn, answer, says, tools, state, ratings, copying };
  all.push(one);
  const question = el("div", "bubble question", turn.question);
  byId("talk").append(question, answer, el("div", "ratings", ...ratings, copying));
  return one;
}

function rate(one: Shown, helpful: boolean): void {
  one.turn.rate(helpful);
  refresh(one);
}

function toolLine({ name, input, output }: ToolCall): HTMLElement {
  const given = `${name} ${JSON.stringify(input)}`;
  const told = output === undefined ? "…" : JSON.stringify(output);
  return el("span", "tool", el("b", "", given), ` → ${told}`);
}

function refresh(one: Shown): void {
  const { turn, answer, says, state } = one;
  says.textContent = turn.state === "running" && turn.text === "" ? "…" : turn.text;
  if (turn.problem !== undefined) {
    says.append(el("span", "problem", (turn.text === "" ? "" : " — ") + turn.problem));
  }
  if (turn.pageError !== undefined) {
    says.append(el("span", "problem", ` — ${turn.pageError}, an error of this page`));
  }
  one.tools.replaceChildren(...turn.tools.map(toolLine));
  for (const [index, node] of one.ratings.entries()) {
    node.disabled = one.copying.disabled = turn.state === "running";
    node.setAttribute("aria-pressed", String(turn.helpful === (index === 0)));
  }
  state.textContent = STATES[turn.state];
  answer.dataset["state"] = turn.state;
  const talk = byId("talk");
  talk.scrollTop = talk.scrollHeight;
  showButtons();
  if (one === current) showMeasures(turn);
}

function submit(): void {
  const backend = chosen();
  if (backend === undefined || !canAsk() || isRunning()) return;
  const { turn, send } = beginTurn(form.message.value.trim(), {
    backend,
    assistant: form.assistant.value.trim() || "Assistant",
    fails: form.fails.value || undefined,
    tone: form.tone.value || ownTone,
  });
  const one = add(turn);
  show(one);
  refresh(one);
  void send(() => refresh(one)).then(() => {
    // A backend that died shows now.
    if (turn.state === "failed") void lookForBackends();
    if (one === current) showTrace(turn);
  });
}

const REASONS: Readonly<Record<string, string>> = {
  silent: "is not answering",
  impossible: "python3 was not found on this machine",
  "not started": "is started by npm run dev",
};

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30_000;
let asking: ReturnType<typeof setTimeout> | undefined;

/** Which backends run; asked again, ever less often, only while one is not answering. */
async function lookForBackends(waitMs = FIRST_WAIT_MS): Promise<void> {
  clearTimeout(asking);
  let again = true;
  try {
    const answer = await fetch("/demo/backends");
    const states = (await answer.json()) as Record<BackendId, string>;
    for (const [id, state] of Object.entries(states)) {
      const input = control(`backend-${id}`, HTMLInputElement);
      input.disabled = state !== "runs";
      if (input.disabled) input.checked = false;
      byId(`state-${id}`).textContent = REASONS[state] ?? "";
    }
    again = Object.values(states).includes("silent");
    const free = document.querySelector<HTMLInputElement>("input[name=backend]:not(:disabled)");
    if (chosen() === undefined && free !== null) free.checked = true;
  } catch {
    // The edge does not answer: the line above the page says so.
  }
  showButtons();
  if (!again) return;
  const nextMs = Math.min(2 * waitMs, LONGEST_WAIT_MS);
  asking = setTimeout(() => void lookForBackends(nextMs), waitMs);
}

export function startChat(): void {
  byId("form").addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  form.message.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    submit();
  });
  form.message.addEventListener("input", showButtons);
  form.stop.addEventListener("click", () => {
    for (const { turn } of all) if (turn.state === "running") turn.stop();
  });
  for (const topic of document.querySelectorAll<HTMLElement>(".topic")) {
    topic.addEventListener("click", () => {
      form.message.value = topic.textContent;
      showButtons();
      form.message.focus();
    });
  }
  const [assigned] = form.tone.options;
  if (assigned !== undefined) assigned.textContent = `as assigned: ${ownTone}`;
  startTraces();
  void lookForBackends();
}
