// Part of the page's script: one chat turn with the browser library, as an app would write it.

export const CLIENT_TURN = `
const { LangfuseProxy, traceChat, langfuseTraceId } = LangfuseEdge;

const client = new LangfuseProxy({
  sessionId: "demo-" + crypto.randomUUID().slice(0, 8),
  userId: page.userId,
});

/** The model's words and errors out of its stream of events. */
async function* eventsOf(response) {
  const decoder = new TextDecoder();
  const reader = response.body.getReader();
  let pending = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (pending + decoder.decode(value, { stream: true })).split("\\n\\n");
    pending = lines.pop();
    yield { chunk: true };
    for (const line of lines) {
      if (line.startsWith("data: {")) yield JSON.parse(line.slice(6));
    }
  }
}

async function readAnswer(response, turn) {
  if (!response.ok) {
    const told = await response.json().catch(() => ({}));
    throw new Error(told.error?.message ?? "HTTP " + response.status);
  }
  let problem;
  // To its end in any case: the library reads what the page reads.
  for await (const event of eventsOf(response)) {
    problem ??= event.error?.message;
    if (event.chunk) turn.chunks += 1;
    turn.text += event.choices?.[0]?.delta.content ?? "";
    if (event.usage) turn.usage = event.usage;
    changed(turn);
  }
  if (problem) throw new Error(problem);
}

/** Sends the question and follows the answer; \`turn\` tells how it goes. */
async function ask(question, { backend, assistant, fails }) {
  const traced = traceChat({
    client,
    message: question,
    assistantName: assistant,
    assistantId: "demo-" + backend,
    tags: ["demo"],
    propagateUser: true,
  });
  const stop = new AbortController();
  const turn = {
    question, backend, assistant, stop,
    traceId: traced.traceId,
    langfuseTraceId: langfuseTraceId(traced.traceId),
    latencies: traced.latency.latencies,
    state: "running", text: "", chunks: 0,
  };
  added(turn);
  try {
    const response = await traced.fetch("/demo/chat/" + backend, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(traced.body({ question, assistant_name: assistant, user_id: page.userId, fails })),
      signal: stop.signal,
    });
    await readAnswer(response, turn);
    turn.state = "done";
  } catch (error) {
    turn.state = stop.signal.aborted ? "stopped" : "failed";
    turn.problem = stop.signal.aborted ? "stopped by you" : error.message;
  }
  turn.endedAt = performance.now();
  changed(turn);
}
`;
