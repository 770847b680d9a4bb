// Part of the page's script: the chat turn to copy and to run.

export const CLIENT_TURN = `
function showTurn(turn) {
  const results = [];
  const items = turn.map((step) => {
    const result = el("span", "result soft");
    results.push(result);
    const head = el("div", "step-head",
      el("span", "title", step.title),
      result,
      button("Copy", (node) => copy(step.curl, node)));
    return el("li", "", head, el("pre", "", step.curl));
  });
  byId("steps").replaceChildren(...items);
  return results;
}

async function post(step) {
  const answer = await fetch(page.tracePath, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(step.body),
  });
  const text = await answer.text();
  return { ok: answer.ok, told: answer.status + (answer.ok ? "" : " " + text.slice(0, 300)) };
}

async function runTurn(node) {
  node.disabled = true;
  const told = byId("ran");
  told.textContent = "sending…";
  told.className = "soft";
  try {
    const turn = await (await fetch(page.turnPath)).json();
    const results = showTurn(turn);
    let refused = 0;
    const began = performance.now();
    for (const [index, step] of turn.entries()) {
      const { ok, told: answer } = await post(step);
      if (!ok) refused += 1;
      results[index].textContent = answer;
      results[index].className = "result " + (ok ? "good" : "bad");
    }
    const took = duration(performance.now() - began);
    told.textContent = refused === 0
      ? turn.length + " actions kept in " + took + ", on their way to " + (page.usingSink ? "the sink" : "Langfuse")
      : refused + " of " + turn.length + " actions refused, see below";
    told.className = refused === 0 ? "good" : "bad";
    if (refused > 0) byId("lines").open = true;
  } catch (error) {
    told.textContent = "could not be sent: " + error.message;
    told.className = "bad";
  } finally {
    node.disabled = false;
  }
}

function startTurn() {
  showTurn(page.turn);
  byId("run").addEventListener("click", (event) => runTurn(event.currentTarget));
  byId("copy-all").addEventListener("click", (event) => {
    const lines = [...byId("steps").querySelectorAll("pre")].map((pre) => pre.textContent);
    return copy(lines.join("\\n") + "\\n", event.currentTarget);
  });
}
`;
