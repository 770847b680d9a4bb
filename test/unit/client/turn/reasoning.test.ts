// What a turn tells of the thoughts before an answer: when they and the text began, and their words only where
// the app asks for them.
import { expect, test } from "vitest";
import type { TurnOptions } from "../../../../src/client/chat.ts";
import { delta, eachOnAPage, find, pass, question, sse, traced } from "./chat-under-test.ts";

eachOnAPage();

const EVERY_MS = 100;
const role = sse({
  model: "r1",
  choices: [{ index: 0, delta: { role: "assistant", content: "" } }],
});
const thought = (text: string): Uint8Array =>
  sse({ model: "r1", choices: [{ index: 0, delta: { reasoning_content: text } }] });

/** What is told of a turn with these chunks, one every 100 ms. */
async function turnOf(chunks: Uint8Array[], options: Partial<TurnOptions> = {}) {
  let backend: ReadableStreamDefaultController<Uint8Array> | undefined;
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      backend = controller;
    },
  });
  const headers = { "content-type": "text/event-stream" };
  const { edge, fetch } = traced([], {
    fetch: async () => new Response(body, { headers }),
    ...options,
  });
  const read = fetch("/api/chat", question).then((response) => response.text());
  for (const chunk of chunks) {
    await pass(EVERY_MS);
    backend?.enqueue(chunk);
  }
  await pass(EVERY_MS);
  backend?.close();
  await read;
  await pass();
  const actions = edge.actions();
  const { latencies } = find(actions, "end_trace")["metadata"] as {
    latencies: Record<string, number>;
  };
  const { startTime } = find(actions, "create_generation") as { startTime: number };
  const { completionStartTime } = find(actions, "update_generation");
  return {
    latencies,
    firstTokenMs: Number(completionStartTime) - startTime,
    generation: find(actions, "end_generation"),
    all: JSON.stringify(actions),
  };
}

test("thoughts and text have marks of their own, and the first token is the earlier of them", async () => {
  const { latencies, firstTokenMs } = await turnOf([
    role,
    thought("Hm"),
    thought(", well."),
    delta("Because"),
    delta("."),
  ]);
  expect(latencies).toMatchObject({
    first_chunk_received: 2 * EVERY_MS,
    first_reasoning: 2 * EVERY_MS,
    first_text: 4 * EVERY_MS,
    time_to_first_token: 2 * EVERY_MS,
  });
  expect(firstTokenMs).toBe(2 * EVERY_MS);
});

test("an answer without thoughts has no mark of them, nor one without text", async () => {
  const spoken = await turnOf([role, delta("Because.")]);
  expect(spoken.latencies).toMatchObject({ first_text: 2 * EVERY_MS });
  expect(spoken.latencies).not.toHaveProperty("first_reasoning");
  const thoughtOnly = await turnOf([thought("Hm.")]);
  expect(thoughtOnly.latencies).toMatchObject({ first_reasoning: EVERY_MS });
  expect(thoughtOnly.latencies).not.toHaveProperty("first_text");
  expect(thoughtOnly.firstTokenMs).toBe(EVERY_MS);
});

const CHUNKS = [thought("My secret"), thought(" doubt"), delta("Because.")];

test("the words of thoughts are kept with `captureReasoning` alone, and apart from the answer", async () => {
  const kept = await turnOf(CHUNKS, { captureReasoning: true });
  expect(kept.generation).toMatchObject({
    output: "Because.",
    metadata: { reasoning: "My secret doubt" },
  });
  expect(kept.all.split("doubt")).toHaveLength(2);
  const unkept = await turnOf(CHUNKS);
  expect(unkept.all).not.toContain("doubt");
  expect(unkept.generation["metadata"]).not.toHaveProperty("reasoning");
});

test("not even then where no content is kept", async () => {
  const { all } = await turnOf(CHUNKS, { captureReasoning: true, captureContent: false });
  expect(all).not.toMatch(/doubt|Because/);
});
