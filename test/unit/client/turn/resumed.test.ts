import { expect, test, vi } from "vitest";
import type { SentAction } from "../fake-edge.ts";
import { eachOnAPage, find, pass, readAll, sse, traced } from "./chat-under-test.ts";

const page = eachOnAPage();
const UI_STREAM = {
  "content-type": "text/event-stream",
  "x-vercel-ai-ui-message-stream": "v1",
};
const ask = JSON.stringify({
  id: "chat 1",
  messages: [{ role: "user", parts: [{ type: "text", text: "Why?" }] }],
  trigger: "submit-message",
});
const only = (actions: SentAction[], action: string): Record<string, unknown>[] =>
  actions.flatMap((one) => (one.action === action ? [one.data] : []));

/** A tab's own storage, which outlives its pages. */
function storage() {
  const kept = new Map<string, string>();
  const { getItem, setItem } = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
  vi.stubGlobal("sessionStorage", { getItem, setItem });
}
const answer = (headers: Record<string, string> = UI_STREAM, status = 200): Response =>
  new Response(
    status === 204
      ? null
      : new Blob([
          sse({ type: "text-delta", id: "0", delta: "Because" }),
          sse({ type: "finish", finishReason: "stop" }),
        ] as Uint8Array<ArrayBuffer>[]).stream(),
    { status, headers },
  );

async function askedAndLeft() {
  storage();
  let next = (): Response => answer();
  const all = traced([], { fetch: async () => next() });
  const response = await all.fetch("/api/chat", { method: "POST", body: ask });
  await response.body?.getReader().read();
  await pass();
  page().send("pagehide");
  await pass();
  const [trace] = only(all.edge.actions(), "create_trace");
  const resume = async (url = "/api/chat/chat%201/stream"): Promise<SentAction[]> => {
    const before = all.edge.actions().length;
    const resumed = await all.fetch(url);
    if (resumed.body) await readAll(resumed);
    await pass();
    return all.edge.actions().slice(before);
  };
  return { ...all, trace, resume, answerWith: (made: () => Response) => void (next = made) };
}

test("an answer that is resumed goes on in the trace of its question", async () => {
  const { resume, trace } = await askedAndLeft();
  const actions = await resume();
  expect(actions.map(({ action }) => action)).toEqual([
    "create_span",
    "flush",
    "end_span",
    "create_generation",
    "update_generation",
    "end_generation",
    "flush",
  ]);
  for (const { action, data } of actions) {
    if (action !== "flush") expect(data["traceId"]).toBe(trace?.["traceId"]);
  }
  expect(find(actions, "create_generation")).toMatchObject({ metadata: { resumed: true } });
  expect(find(actions, "end_generation")).toMatchObject({
    output: "Because",
    metadata: { outcome: "completed" },
  });
});

test("one that this tab knows nothing of is a trace of its own", async () => {
  const { resume } = await askedAndLeft();
  const actions = await resume("/api/chat/other/stream");
  expect(find(actions, "create_trace")).toMatchObject({ name: "Research Assistant" });
  expect(find(actions, "end_trace")).toMatchObject({ output: "Because" });
});

test.each<[string, string, () => Response]>([
  ["there is nothing to resume", "/api/chat/chat%201/stream", () => answer({}, 204)],
  ["it is no stream", "/api/chat/chat%201", () => Response.json([])],
  ["it is another stream", "/api/news", () => answer({ "content-type": "text/event-stream" })],
])("a GET is traced only where it resumes an answer: %s", async (_, url, made) => {
  const { resume, answerWith } = await askedAndLeft();
  answerWith(made);
  expect(await resume(url)).toEqual([]);
});

test("the trace of another user is not gone on with", async () => {
  const { client, resume, trace } = await askedAndLeft();
  client.reset({ userId: "eve", sessionId: "s2" });
  const actions = await resume();
  expect(find(actions, "create_trace")["traceId"]).not.toBe(trace?.["traceId"]);
});

test("a page without storage traces its chats all the same", async () => {
  vi.stubGlobal("sessionStorage", {
    getItem: () => {
      throw new DOMException("denied", "SecurityError");
    },
  });
  const { edge, fetch } = traced([], { fetch: async () => answer() });
  await readAll(await fetch("/api/chat", { method: "POST", body: ask }));
  await readAll(await fetch("/api/chat/chat%201/stream"));
  await pass();
  expect(only(edge.actions(), "end_trace")).toHaveLength(2);
});

test("tools that a resumed answer asks for are answered at once in its turn", async () => {
  const { fetch, edge, answerWith } = await askedAndLeft();
  const call = { type: "tool-input-available", toolCallId: "t1", toolName: "where", input: {} };
  answerWith(
    () =>
      new Response(
        new Blob([sse(call), sse({ type: "finish" })] as Uint8Array<ArrayBuffer>[]).stream(),
        { headers: UI_STREAM },
      ),
  );
  await readAll(await fetch("/api/chat/chat%201/stream"));
  answerWith(() => answer());
  const part = { type: "tool-where", toolCallId: "t1", state: "output-available", output: "Graz" };
  const messages = [{ role: "assistant", parts: [part] }];
  const body = JSON.stringify({ id: "chat 1", messages });
  await readAll(await fetch("/api/chat", { method: "POST", body }));
  await pass();
  expect(only(edge.actions(), "create_trace")).toHaveLength(1);
  expect(only(edge.actions(), "end_span").map(({ output }) => output)).toContain("Graz");
});
