import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { whoIs } from "../../../../src/client/send/who.ts";
import { type Identity, LangfuseProxy, type OfflineQueue } from "../../../../src/client/index.ts";
import * as protocol from "../../../../src/protocol/ids.ts";
import { fakeEdge, kept, status } from "../fake-edge.ts";
import { answer, tagOf } from "../token-answer.ts";

const NOW = 1_790_000_000_000;
beforeEach(() => void vi.useFakeTimers({ now: NOW }));
afterEach(() => vi.useRealTimers());
const pass = (ms = 200) => vi.advanceTimersByTimeAsync(ms);

function emptyQueue() {
  const drained = vi.fn(async () => {});
  const queue: OfflineQueue = { keep: () => {}, drain: drained, clear: () => {} };
  return { queue, drained };
}

describe("what trace ids end in", () => {
  test.each<[string, Identity, string | undefined]>([
    ["nothing without a token", { publicKey: "pk-lf-1", userId: "ada" }, ""],
    ["the tag that was told", { token: "t", publicKey: "pk-lf-1", ownerTag: "abc" }, "abc"],
    ["the user's", { token: "t", publicKey: "pk-lf-1", userId: "ada" }, tagOf("user:ada")],
    ["the session's", { token: "t", publicKey: "pk-lf-1", sessionId: "s1" }, tagOf("session:s1")],
    ["not known without the project", { token: "t", userId: "ada" }, undefined],
    ["not known without an owner", { token: "t", publicKey: "pk-lf-1" }, undefined],
  ])("%s", (_what, identity, tag) => {
    expect(whoIs("/e", identity, "own").tag).toBe(tag);
  });

  test("the user goes before the session, as at the edge", () => {
    const who = { userId: "ada", sessionId: "s1" };
    const { tag } = whoIs("/e", { token: "t", publicKey: "pk-lf-1", ...who }, "own");
    expect(tag).toBe(protocol.ownerTag("pk-lf-1", protocol.ownerOf(who)));
  });
});

test("whoever differs in project, user or session has another name", () => {
  const name = fc.option(fc.string(), { nil: undefined });
  const identity = fc.record({ publicKey: name, userId: name, sessionId: name });
  const same = (a: Identity, b: Identity): boolean =>
    (["publicKey", "userId", "sessionId"] as const).every(
      (key) => (a[key] ?? "") === (b[key] ?? ""),
    );
  fc.assert(
    fc.property(identity, identity, (a, b) => {
      const [one, other] = [whoIs("/e", a, "x"), whoIs("/e", b, "y")];
      expect(one.owner === other.owner).toBe(same(a, b));
    }),
  );
  expect(whoIs("/e", {}, "x").owner).not.toBe(whoIs("/f", {}, "x").owner);
});

describe("an identity that says how long it is good for", () => {
  test("is asked for again only when that is over", async () => {
    const edge = fakeEdge(kept);
    const identify = vi.fn(async () => answer(`token-${identify.mock.calls.length}`));
    const proxy = new LangfuseProxy({ fetch: edge.fetch, identify });
    for (let i = 0; i < 5; i += 1) {
      void proxy.createTrace({});
      await pass(1000);
    }
    expect(identify).toHaveBeenCalledTimes(1);
    await pass(600_000);
    void proxy.createTrace({});
    await pass();
    expect(identify).toHaveBeenCalledTimes(2);
    expect(edge.sent.map(({ headers }) => headers["authorization"])).toEqual([
      ...Array.from({ length: 5 }, () => "Bearer token-1"),
      "Bearer token-2",
    ]);
  });

  test("is a good answer of the app, and good options", async () => {
    const edge = fakeEdge(kept);
    const proxy = new LangfuseProxy({ fetch: edge.fetch, ...answer("t") });
    const trace = proxy.trace({ traceId: "ui2-1-a" });
    await pass();
    expect(trace.traceId).toBe(`ui2-1-a.${tagOf("user:ada")}`);
    expect(edge.sent[0]).toMatchObject({
      sessionId: "s1",
      headers: { authorization: "Bearer t" },
    });
  });
});

describe("a token that the edge refuses", () => {
  test("is replaced, and the same actions go again", async () => {
    const edge = fakeEdge(status(401), kept);
    const onDrop = vi.fn();
    const identify = vi.fn(async () => answer(`token-${identify.mock.calls.length}`));
    const proxy = new LangfuseProxy({ fetch: edge.fetch, identify, onDrop });
    const created = proxy.createTrace({ traceId: "t1" });
    await pass(1300);
    expect(await created).toMatchObject({ success: true });
    expect(edge.sent.map(({ headers }) => headers["authorization"])).toEqual([
      "Bearer token-1",
      "Bearer token-2",
    ]);
    expect(edge.sent[1]?.actions).toEqual(edge.sent[0]?.actions);
    expect(onDrop).not.toHaveBeenCalled();
  });

  test("again and again: with longer and longer pauses, and not for ever", async () => {
    const edge = fakeEdge(status(401));
    const onDrop = vi.fn();
    const identify = vi.fn(async () => answer("never right"));
    const proxy = new LangfuseProxy({ fetch: edge.fetch, identify, onDrop });
    void proxy.createTrace({ traceId: "t1" });
    await pass(3000);
    expect(edge.sent.length).toBeLessThanOrEqual(3);
    await pass(200_000);
    expect(edge.sent).toHaveLength(6);
    expect(identify).toHaveBeenCalledTimes(6);
    expect(onDrop.mock.calls).toEqual([["send_error", 1]]);
  });
});

test("an answer that comes after the user has gone ends nobody else's session", async () => {
  const edge = fakeEdge(kept);
  const onDrop = vi.fn();
  const answers: (Identity | Promise<Identity>)[] = [{ userId: "ada" }];
  const identify = () => answers.shift() ?? { userId: "bob" };
  const proxy = new LangfuseProxy({ fetch: edge.fetch, identify, onDrop });
  await pass();
  expect(proxy.who().userId).toBe("ada");
  const late = Promise.withResolvers<Identity>();
  answers.push(late.promise);
  void proxy.createTrace({ name: "of ada" });
  await pass();
  proxy.reset();
  await pass();
  const before = proxy.who();
  void proxy.createTrace({ name: "of bob" });
  late.resolve({ userId: "carl" });
  await pass();
  expect(proxy.who()).toEqual(before);
  expect(before.userId).toBe("bob");
  const names = edge.sent.map(({ clientId, actions }) => [clientId, actions[0]?.data["name"]]);
  expect(names.map(([, name]) => name)).toEqual(["of ada", "of bob"]);
  expect(onDrop).not.toHaveBeenCalled();
});

test("what waits for a token while its user goes is not sent afterwards, under nobody's name", async () => {
  const edge = fakeEdge(kept);
  const { queue, drained } = emptyQueue();
  let answerLate: (identity: Identity) => void = () => {};
  let asked = 0;
  const identify = async (): Promise<Identity> => {
    asked += 1;
    if (asked === 1) throw new Error("not yet");
    if (asked === 2) return new Promise((resolve) => (answerLate = resolve));
    return { userId: "bob", token: "bob-token" };
  };
  const options = { fetch: edge.fetch, identify, publicKey: "pk-lf-1", offline: queue };
  const proxy = new LangfuseProxy(options);
  await pass(0);
  void proxy.createTrace({ name: "of ada" });
  await pass();
  expect(asked).toBe(2);
  proxy.reset();
  await pass();
  const before = drained.mock.calls.length;
  answerLate({ userId: "ada", token: "ada-token" });
  await pass(100_000);
  expect(edge.actions()).toEqual([]);
  expect(drained).toHaveBeenCalledTimes(before);
});
