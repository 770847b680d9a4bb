// Part of the page's script: the conversation and the form below it.

export const CLIENT_CHAT = `
const turns = [];
let shown;

const STATES = { running: "answering…", done: "answered", stopped: "stopped", failed: "failed" };

function added(turn) {
  turns.push(turn);
  byId("nothing").hidden = true;
  const state = el("span", "state-of");
  const says = el("p", "says");
  const answer = button("", () => show(turn), "bubble answer");
  answer.append(
    el("span", "bubble-head", el("b", "", turn.assistant), el("span", "tag", page.backends[turn.backend].short), state),
    says);
  turn.view = { answer, says, state };
  byId("talk").append(el("div", "bubble question", turn.question), answer);
  show(turn);
  changed(turn);
}

function changed(turn) {
  const { answer, says, state } = turn.view;
  says.textContent = turn.text;
  if (turn.problem) says.append(el("span", "problem", (turn.text ? " — " : "") + turn.problem));
  if (turn.state === "running" && !turn.text) says.textContent = "…";
  state.textContent = STATES[turn.state];
  answer.dataset.state = turn.state;
  const talk = byId("talk");
  talk.scrollTop = talk.scrollHeight;
  const running = turns.some((one) => one.state === "running");
  byId("stop").disabled = !running;
  byId("send").disabled = running || !canAsk();
  if (turn === shown) showMeasures(turn);
}

function show(turn) {
  shown?.view.answer.removeAttribute("aria-current");
  shown = turn;
  turn.view.answer.setAttribute("aria-current", "true");
  byId("trace").replaceChildren();
  showMeasures(turn);
  showTrace(turn);
}

const chosen = () => document.querySelector("input[name=backend]:checked")?.value;
const canAsk = () => chosen() !== undefined && byId("message").value.trim() !== "";

function submit(fails) {
  if (!canAsk() || turns.some((turn) => turn.state === "running")) return;
  const question = byId("message").value.trim();
  void ask(question, {
    backend: chosen(),
    assistant: byId("assistant").value.trim() || "Assistant",
    fails: fails || undefined,
  });
}

const REASONS = {
  silent: "is not answering",
  impossible: "python3 was not found on this machine",
  "not started": "is started by npm run dev",
};

async function lookForBackends() {
  let wait = 20000;
  try {
    const states = await (await fetch("/demo/backends")).json();
    for (const [id, state] of Object.entries(states)) {
      const input = byId("backend-" + id);
      input.disabled = state !== "runs";
      if (input.disabled) input.checked = false;
      byId("state-" + id).textContent = REASONS[state] ?? "";
      if (state === "silent") wait = 2000;
    }
    const free = [...document.querySelectorAll("input[name=backend]:not(:disabled)")];
    if (chosen() === undefined && free.length > 0) free[0].checked = true;
    byId("lost").hidden = true;
  } catch {
    byId("lost").hidden = false;
    byId("lost").textContent = "The edge does not answer.";
    wait = 2000;
  }
  byId("send").disabled = !canAsk() || turns.some((turn) => turn.state === "running");
  setTimeout(lookForBackends, wait);
}

function startChat() {
  byId("form").addEventListener("submit", (event) => {
    event.preventDefault();
    submit(byId("fails").value);
  });
  byId("message").addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    submit(byId("fails").value);
  });
  byId("message").addEventListener("input", () => { byId("send").disabled = !canAsk(); });
  byId("stop").addEventListener("click", () => {
    for (const turn of turns) if (turn.state === "running") turn.stop.abort();
  });
  for (const topic of document.querySelectorAll(".topic")) {
    topic.addEventListener("click", () => {
      byId("message").value = topic.textContent;
      byId("send").disabled = !canAsk();
      byId("message").focus();
    });
  }
  void lookForBackends();
}
`;
