import { expect, test, vi } from "vitest";
import { LangfuseProxy } from "../../../../src/client/index.ts";
import { fakeEdge, kept } from "../fake-edge.ts";
import { eachAtItsTime, pass } from "../trace/proxy-under-test.ts";

eachAtItsTime();

test("the app is asked who the user is, before each request", async () => {
  const edge = fakeEdge(kept);
  let asked = 0;
  const identify = async () => ({ token: `token-${(asked += 1)}`, sessionId: "s9", userId: "ada" });
  const proxy = new LangfuseProxy({ fetch: edge.fetch, identify });
  await pass(0);
  const before = asked;
  void proxy.createTrace({});
  await pass();
  expect(asked).toBe(before + 1);
  expect(edge.sent[0]).toMatchObject({
    sessionId: "s9",
    headers: { authorization: `Bearer token-${asked}` },
  });
  expect(proxy.who()).toMatchObject({ userId: "ada" });
});

test("nothing is sent while the app cannot say it, and everything afterwards", async () => {
  const edge = fakeEdge(kept);
  let known = false;
  const identify = () => {
    if (!known) throw new Error("not logged in");
    return { token: "t" };
  };
  const proxy = new LangfuseProxy({ fetch: edge.fetch, identify });
  void proxy.createTrace({});
  await pass(3000);
  expect(edge.sent).toHaveLength(0);
  known = true;
  await pass(60_000);
  expect(edge.actions()).toHaveLength(1);
});

test("another user all of a sudden: what the former one left is not sent as theirs", async () => {
  const edge = fakeEdge(kept);
  let userId = "ada";
  const identify = () => ({ token: `${userId}-token`, userId });
  const proxy = new LangfuseProxy({ fetch: edge.fetch, identify });
  void proxy.createTrace({ name: "ada's" });
  await pass();
  void proxy.createTrace({ name: "ada's too" });
  userId = "bob";
  await pass();
  void proxy.createTrace({ name: "bob's" });
  await pass();
  for (const { headers, actions } of edge.sent) {
    const owner = headers["authorization"] === "Bearer bob-token" ? "bob" : "ada";
    for (const { data } of actions) expect(String(data["name"])).toMatch(new RegExp(`^${owner}`));
  }
  expect(edge.actions().map(({ data }) => data["name"])).toContain("bob's");
});

test("an answer about a user who has gone changes nothing", async () => {
  const edge = fakeEdge(kept);
  const onDrop = vi.fn();
  let answer: (identity: { userId: string; token: string }) => void = () => {};
  let slow = false;
  let userId = "ada";
  const identify = () => {
    const identity = { userId, token: `${userId}-token` };
    return slow ? new Promise<typeof identity>((resolve) => (answer = resolve)) : identity;
  };
  const proxy = new LangfuseProxy({ fetch: edge.fetch, identify, onDrop });
  await pass();
  slow = true;
  void proxy.createTrace({ name: "ada's" });
  await pass();
  slow = false;
  userId = "bob";
  proxy.reset();
  await pass(0);
  void proxy.createTrace({ name: "bob's" });
  answer({ userId: "bob", token: "bob-token" });
  await pass();
  const told = edge.sent.map(({ headers, actions }) => [
    headers["authorization"],
    actions[0]?.data["name"],
  ]);
  expect(told).toContainEqual(["Bearer ada-token", "ada's"]);
  expect(told).toContainEqual(["Bearer bob-token", "bob's"]);
  expect(told).not.toContainEqual(["Bearer bob-token", "ada's"]);
});
