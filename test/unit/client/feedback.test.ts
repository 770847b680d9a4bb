// Feedback on messages: by their own ids, after a reload, and never under another identity.
import { beforeEach, describe, expect, test, vi } from "vitest";
import { traceChat } from "../../../src/client/chat.ts";
import { giveFeedback, rememberMessages } from "../../../src/client/feedback.ts";
import { type ClientOptions, LangfuseProxy } from "../../../src/client/index.ts";
import { interpret } from "../../../src/edge/interpret/interpret.ts";
import { fakeEdge, kept, results, type SentAction } from "./fake-edge.ts";
import { backend, eachOnAPage, pass, readAll, sse } from "./turn/chat-under-test.ts";

eachOnAPage();
let stored: Map<string, string>;
beforeEach(() => {
  stored = new Map();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => void stored.set(key, value),
  });
});

/** A page of the app: what is loaded after it has another client and the same storage. */
function load(options: ClientOptions = {}) {
  const edge = fakeEdge(kept);
  const client = new LangfuseProxy({
    fetch: edge.fetch,
    sessionId: "s1",
    userId: "ada",
    ...options,
  });
  const ask = async (message = "m1", answer?: string) => {
    const body = JSON.stringify({ messages: [{ id: message, role: "user", content: "Why?" }] });
    const events = [
      sse({ type: "start", messageId: answer }),
      sse({ type: "text-delta", id: "1", delta: "So." }),
      sse({ type: "finish" }),
    ];
    const turn = traceChat({ client, assistantName: "Bot", fetch: backend(events).fetch });
    await readAll(await turn.fetch("/api/chat", { method: "POST", body }));
    await pass();
    return turn;
  };
  return { edge, client, ask, messages: rememberMessages(client) };
}
const scoresOf = (actions: SentAction[]) =>
  actions.filter(({ action }) => action === "create_score").map(({ data }) => data);
const settled = async <T>(promise: Promise<T>): Promise<T> => {
  await pass();
  return promise;
};

describe("turn.feedback", () => {
  test("is a score of the trace; another word replaces it", async () => {
    const { ask, edge } = load();
    const turn = await ask();
    expect(await settled(turn.feedback(true, { comment: "good" }))).toMatchObject({
      success: true,
    });
    await settled(turn.feedback(false));
    const [first, second] = scoresOf(edge.actions());
    expect(first).toMatchObject({
      traceId: turn.traceId,
      name: "user-feedback",
      value: true,
      dataType: "BOOLEAN",
      comment: "good",
    });
    expect(second).toMatchObject({ scoreId: first?.["scoreId"], value: false });
  });

  test("what the user did is an event by its own name, also when the turn is over", async () => {
    const { ask, edge } = load();
    const turn = await ask();
    turn.did("copied");
    turn.did("asked a friend", { metadata: { friend: 1 } });
    await pass();
    const events = edge.actions().filter(({ action }) => action === "create_event");
    expect(events.map(({ data }) => data)).toMatchObject([
      { name: "copied", traceId: turn.traceId },
      { name: "asked a friend", metadata: { friend: 1 } },
    ]);
  });
});

describe("a message", () => {
  test("is known by the question's id, by the answer's, and by what the app calls it", async () => {
    const { ask, messages } = load();
    const turn = await ask("question", "answer");
    turn.rememberAs("mine");
    for (const id of ["question", "answer", "mine"])
      expect(messages.traceOf(id)).toBe(turn.traceId);
    expect(messages.traceOf("another")).toBeUndefined();
    expect(messages.traceOf({ messageId: "another", traceId: "t" })).toBe("t");
  });

  test("whose answer has an id of the page's own is known by the question before it, and by no other", async () => {
    const { ask, messages } = load();
    const first = await ask("q1");
    const second = await ask("q2");
    const list = [
      { id: "q1", role: "user" },
      { id: "a1", role: "assistant" },
      { id: "a1b", role: "assistant" },
      { id: "q2", role: "user" },
      { id: "a2", role: "assistant" },
      { id: "q3", role: "user" },
      { id: "a3", role: "assistant" },
    ];
    const traceOf = (messageId: string) => messages.traceOf({ messageId, messages: list });
    expect([traceOf("a1"), traceOf("a1b")]).toEqual([first.traceId, first.traceId]);
    expect(traceOf("a2")).toBe(second.traceId);
    expect(traceOf("a3")).toBeUndefined();
    expect(traceOf("elsewhere")).toBeUndefined();
  });

  test("that is answered anew has the trace of the latest answer, and no feedback yet", async () => {
    const { ask, messages } = load();
    await ask("q1");
    await settled(messages.feedback("q1", true));
    expect(messages.givenTo("q1")).toEqual({ "user-feedback": true });
    const again = await ask("q1");
    expect(messages.traceOf("q1")).toBe(again.traceId);
    expect(messages.givenTo("q1")).toEqual({});
  });
});

describe("after a reload", () => {
  test("a message has its trace and what was said of it; a change of mind replaces the score", async () => {
    const before = load();
    const turn = await before.ask("q1");
    await settled(before.messages.feedback("q1", true));
    const after = load({ sessionId: "s2" });
    expect(after.messages.traceOf("q1")).toBe(turn.traceId);
    expect(after.messages.givenTo("q1")).toEqual({ "user-feedback": true });
    await settled(after.messages.feedback("q1", false));
    expect(after.messages.did("q1", "copied")).toBe(true);
    await pass();
    const [first] = scoresOf(before.edge.actions());
    const [second] = scoresOf(after.edge.actions());
    expect(second).toMatchObject({
      scoreId: first?.["scoreId"],
      traceId: turn.traceId,
      value: false,
    });
    expect(after.edge.actions().at(-1)).toMatchObject({
      action: "create_event",
      data: { name: "copied", traceId: turn.traceId },
    });
  });

  test("a trace that the backend has stored will do, and is remembered with what was said", async () => {
    const { edge, messages } = load();
    const message = { messageId: "old", traceId: "ui2-1-old" };
    await settled(messages.feedback(message, 5));
    expect(scoresOf(edge.actions())).toMatchObject([{ traceId: "ui2-1-old", value: 5 }]);
    expect(load().messages.givenTo("old")).toEqual({ "user-rating": 5 });
  });

  test("another user finds nothing, and what was named before a logout is not theirs", async () => {
    const page = load();
    await page.ask("q1");
    expect(load({ userId: "grace" }).messages.traceOf("q1")).toBeUndefined();
    const open = traceChat({ client: page.client, message: "Why?" });
    open.rememberAs("q2");
    page.client.reset({ userId: "grace" });
    open.end();
    expect(load({ userId: "grace" }).messages.traceOf("q2")).toBeUndefined();
  });

  test("a page that may store nothing remembers as long as it is open", async () => {
    const forbidden = (): never => {
      throw new DOMException("no", "SecurityError");
    };
    vi.stubGlobal("localStorage", { getItem: forbidden, setItem: forbidden });
    const { ask, messages } = load();
    const turn = await ask("q1");
    await settled(messages.feedback("q1", true));
    expect(messages.traceOf("q1")).toBe(turn.traceId);
    expect(messages.givenTo("q1")).toEqual({ "user-feedback": true });
    Object.defineProperty(globalThis, "localStorage", { configurable: true, get: forbidden });
    expect(load().messages.traceOf("q1")).toBeUndefined();
  });
});

describe("feedback that leads nowhere says so, and sends nothing", () => {
  test("of a message whose trace is not known", async () => {
    const { edge, messages } = load();
    expect(await messages.feedback("nobody's", true)).toEqual({
      success: false,
      error: { code: "unknown_message" },
    });
    expect(messages.did("nobody's", "copied")).toBe(false);
    await pass();
    expect(edge.actions()).toEqual([]);
  });

  test("of a trace in another owner's namespace", async () => {
    const { client, edge } = load({
      token: "t",
      publicKey: "pk-lf-1",
      ownerTag: "0123456789abcdef",
    });
    const foreign = await settled(giveFeedback(client, "ui2-1.fedcba9876543210", true));
    expect(foreign).toEqual({ success: false, error: { code: "foreign_trace" } });
    const own = giveFeedback(client, "ui2-1.0123456789abcdef", true);
    expect(await settled(own)).toMatchObject({ success: true });
    await settled(giveFeedback(client, "ui2-1", true));
    const [first, second, ...more] = scoresOf(edge.actions());
    expect(more).toEqual([]);
    expect(first?.["traceId"]).toBe("ui2-1.0123456789abcdef");
    expect(second?.["scoreId"]).toBe(first?.["scoreId"]);
  });
});

test("feedback that the edge refuses is not shown as given", async () => {
  const edge = fakeEdge(() => results([{ success: false, error: { code: "invalid_data" } }]));
  const client = new LangfuseProxy({ fetch: edge.fetch, sessionId: "s1", userId: "ada" });
  const messages = rememberMessages(client);
  messages.set("m", "ui2-1");
  const answer = messages.feedback("m", Number.NaN);
  expect(messages.givenTo("m")).toEqual({ "user-rating": Number.NaN });
  expect(await settled(answer)).toMatchObject({ success: false, error: { code: "invalid_data" } });
  expect(messages.givenTo("m")).toEqual({});
});

test("with `identify`, the score's id waits for the user", async () => {
  const known = Promise.withResolvers<{ userId: string }>();
  const { client, edge } = load({ userId: undefined, identify: () => known.promise });
  const given = giveFeedback(client, "ui2-1", true);
  await pass();
  known.resolve({ userId: "ada" });
  expect(await settled(given)).toMatchObject({ success: true });
  const own = load();
  await settled(giveFeedback(own.client, "ui2-1", false));
  expect(scoresOf(edge.actions())[0]?.["scoreId"]).toBe(
    scoresOf(own.edge.actions())[0]?.["scoreId"],
  );
});

test.each([undefined, null, {}])("%j is no feedback: the edge says so", async (value) => {
  const { client, edge } = load();
  await settled(giveFeedback(client, "ui2-1", value as never));
  const [score] = edge.actions();
  const context = { traceIdFormat: "derived", now: Date.now() } as const;
  expect(interpret(score, {}, context)).toMatchObject({
    kind: "refused",
    refusal: { code: "invalid_data" },
  });
});
