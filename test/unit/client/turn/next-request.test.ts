// A turn's next request, while what its last one left behind is not over yet.
import { expect, test } from "vitest";
import { traceChat } from "../../../../src/client/chat.ts";
import { LangfuseProxy } from "../../../../src/client/index.ts";
import { fakeEdge, kept } from "../fake-edge.ts";
import { delta, eachOnAPage, pass, question, readAll, sse } from "./chat-under-test.ts";

eachOnAPage();

const streamed = (...chunks: Uint8Array[]): Response =>
  new Response(new Blob(chunks).stream(), {
    headers: { "content-type": "text/event-stream" },
  });

function turnWith(...answers: (() => Response)[]) {
  const edge = fakeEdge(kept);
  const client = new LangfuseProxy({ fetch: edge.fetch, sessionId: "s1" });
  const fetch = async (): Promise<Response> => answers.shift()!();
  const ends = (action: string) =>
    edge.actions().flatMap((one) => (one.action === action ? [one.data] : []));
  return { turn: traceChat({ client, fetch }), ends };
}

const refuses = (): Response => new Response("busy", { status: 503 });
const loses = (): Response => {
  throw new TypeError("fetch failed");
};

test.each([
  ["was refused", refuses, "HTTP 503"],
  ["was lost", loses, "fetch failed"],
])("a request that is tried again at once when it %s ends by itself", async (_, fails, message) => {
  const { turn, ends } = turnWith(fails, () => streamed(delta("Because")));
  await turn.fetch("/api/chat", question).catch(() => {});
  const again = await turn.fetch("/api/chat", question);
  await readAll(again);
  await pass(5000);
  expect(ends("end_generation").at(-1)).toMatchObject({
    output: "Because",
    metadata: { outcome: "completed" },
  });
  expect(ends("end_trace")).toMatchObject([{ metadata: { outcome: "completed" } }]);
  const told = [...ends("end_generation"), ...ends("end_span")].map((end) => end["statusMessage"]);
  expect(told).toContain(message);
});

test("an answer that the page left for its next request does not abandon that", async () => {
  const call = { index: 0, id: "t1", function: { name: "where", arguments: "{}" } };
  const called = sse({ choices: [{ index: 0, delta: { tool_calls: [call] } }] });
  let say: ReadableStreamDefaultController<Uint8Array> | undefined;
  const open = (first: Uint8Array) => () =>
    new Response(
      new ReadableStream<Uint8Array>({
        start: (stream) => {
          say = stream;
          stream.enqueue(first);
        },
      }),
      { headers: { "content-type": "text/event-stream" } },
    );
  const { turn, ends } = turnWith(open(called), open(delta("Be")));
  const first = await turn.fetch("/api/chat", question);
  // It has what it needs, and reads no more.
  await first.body!.getReader().read();
  await pass(100);
  const message = { role: "tool", tool_call_id: "t1", content: "Graz" };
  const body = JSON.stringify({ messages: [message] });
  const next = await turn.fetch("/api/chat", { method: "POST", body });
  const reading = readAll(next);
  await pass(100_000);
  expect(ends("end_trace")).toEqual([]);
  say!.enqueue(delta("cause"));
  say!.close();
  await reading;
  await pass(1000);
  expect(ends("end_generation").at(-1)).toMatchObject({
    output: "Because",
    metadata: { outcome: "completed" },
  });
});

test("a complete answer that is cancelled at its last event waits for the results of its tools", async () => {
  const call = { index: 0, id: "t1", function: { name: "where", arguments: "{}" } };
  const called = [
    sse({ choices: [{ index: 0, delta: { tool_calls: [call] } }] }),
    sse({ choices: [{ index: 0, delta: {}, finish_reason: "tool_calls" }] }),
    new TextEncoder().encode("data: [DONE]\n\n"),
  ];
  const { turn, ends } = turnWith(
    () => streamed(...called),
    () => streamed(delta("Graz")),
  );
  const first = await turn.fetch("/api/chat", question);
  // As OpenAI's SDK does it.
  const reader = first.body!.getReader();
  let seen = "";
  while (!seen.includes("DONE")) seen += new TextDecoder().decode((await reader.read()).value);
  await reader.cancel();
  await pass(1000);
  expect(ends("end_trace")).toEqual([]);
  const message = { role: "tool", tool_call_id: "t1", content: "Graz" };
  const body = JSON.stringify({ messages: [message] });
  await readAll(await turn.fetch("/api/chat", { method: "POST", body }));
  await pass(1000);
  expect(ends("end_span").map(({ output }) => output)).toContain("Graz");
  expect(ends("end_trace")).toMatchObject([{ output: "Graz" }]);
});
