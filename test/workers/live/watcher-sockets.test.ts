// The sockets of watchers: who gets one, at the hub and through the Worker's own door, when one is closed, and what
// is there after a deploy, which takes all of them away.
import {
  createExecutionContext,
  evictDurableObject,
  runDurableObjectAlarm,
  runInDurableObject,
} from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import {
  LIVE_CLOSED,
  LIVE_PROTOCOL,
  type LiveTurn,
  MAX_WATCHERS,
} from "../../../src/protocol/live.ts";
import { eventually, moveClock, newSession, spanChange, START, traceChange } from "../support.ts";
import {
  hub,
  type Watch,
  watch,
  listen,
  until,
  watched,
  eachWithWatchers,
  connect,
  socketOf,
} from "./watchers.ts";

eachWithWatchers();

it("a token's end is the watcher's", async () => {
  const [short, long] = [await watch({ ms: 60_000 }), await watch()];
  moveClock(61);
  await runDurableObjectAlarm(hub());
  await until(() => short.closed.code !== undefined);
  expect([short.closed.code, long.closed.code]).toEqual([LIVE_CLOSED.expired, undefined]);
  expect((await hub().watched()).watchedUntil).toBeGreaterThan(START);
});

it.each([
  ["nothing", "{}"],
  ["no JSON", "hello"],
  ["a number that never was", '{"ack":99}'],
  ["a text", '{"ack":"1"}'],
  ["too much", "x".repeat(2_000)],
])("a watcher who says %s is none", async (_name, text) => {
  const one = await watch({ acks: false });
  one.socket.send(text);
  await until(() => one.closed.code !== undefined);
  expect(one.closed.code).toBe(LIVE_CLOSED.invalid);
});

it("has room for a bounded number of watchers", async () => {
  const all: Watch[] = [];
  for (let n = 0; n <= MAX_WATCHERS; n += 1) all.push(await watch());
  const last = all.at(-1);
  await until(() => last?.closed.code !== undefined);
  expect(last?.closed.code).toBe(LIVE_CLOSED.full);
  expect(all[0]?.closed.code).toBeUndefined();
});

/** A socket of which nobody takes part in its close, as of a browser that hangs. */
async function silent(first?: string): Promise<void> {
  const webSocket = socketOf(await connect());
  webSocket.accept({ allowHalfOpen: true });
  const left = new Promise((done) => webSocket.addEventListener("close", done));
  if (first !== undefined) webSocket.send(first);
  await left;
}

it("whoever was sent away, and does not go, keeps nobody else from watching after an eviction", async () => {
  const one = await watch();
  for (let n = 1; n < MAX_WATCHERS; n += 1) await watch();
  await silent();
  await evictDurableObject(hub());
  const session = newSession();
  await session.stub().append(watched([traceChange("create"), spanChange("create", "ui")]));
  await until(() => one.turns().size === 1);
  moveClock(3_601);
  await runDurableObjectAlarm(hub());
  await until(() => one.closed.code !== undefined);
});

it("whoever was sent away is no watcher after an eviction either", async () => {
  await silent("not a message");
  expect((await hub().watched()).watchedUntil).toBe(0);
  await evictDurableObject(hub());
  expect((await hub().watched()).watchedUntil).toBe(0);
});

it("answers a ping, so that a dead connection shows", async () => {
  const one = await watch({ acks: false });
  const pong = new Promise((done) => {
    one.socket.addEventListener("message", ({ data }) => data === "pong" && done(data));
  });
  one.socket.send("ping");
  await expect(pong).resolves.toBe("pong");
});

it("through the Worker: the protocol is chosen, and other origins get nowhere", async () => {
  const { default: worker } = await import("../../../src/dev.ts");
  const ask = async (headers: Record<string, string>) => {
    const asked = new Request("http://127.0.0.1:8787/api/langfuse/live", {
      headers: { upgrade: "websocket", "sec-websocket-protocol": LIVE_PROTOCOL, ...headers },
    });
    const response = await worker.fetch?.(asked as never, env, createExecutionContext());
    return response ?? new Response(null, { status: 500 });
  };
  const own = await ask({ origin: "http://127.0.0.1:8787" });
  expect([own.status, own.headers.get("sec-websocket-protocol")]).toEqual([101, LIVE_PROTOCOL]);
  const one = listen(own, true);
  await until(() => one.messages.length === 1);
  for (const headers of [{}, { origin: "https://evil.example" }, { origin: "null" }]) {
    expect((await ask(headers as Record<string, string>)).status).toBe(403);
  }
});

describe("a deploy, which takes the sockets away without a word", () => {
  /** What is stored stays, as the last watcher never left. */
  async function deploy(by: Watch): Promise<void> {
    const stored = await runInDurableObject(hub(), (_object, { storage }) =>
      storage.kv.get<string>("turns"),
    );
    by.socket.close();
    await eventually(async () => expect(await hub().watched()).toEqual({ watchedUntil: 0 }));
    await runInDurableObject(hub(), (_object, { storage }) => {
      storage.kv.put("turns", stored);
    });
    await evictDurableObject(hub());
  }

  it("loses its watchers no turn, nor what comes before they are back", async () => {
    const one = await watch({ acks: false });
    const session = newSession();
    await session.stub().append(watched([traceChange("create"), spanChange("create", "ui")]));
    await until(() => one.turns().size === 1);
    await deploy(one);
    expect((await hub().watched()).watchedUntil).toBeGreaterThan(Date.now());
    await session.stub().append(watched([spanChange("end", "ui"), traceChange("end")], 3));
    await until(() => [...one.turns().values()].length === 1);
    const back = await watch();
    await until(() => [...back.turns().values()][0]?.state === "ended");
    expect([...back.turns().values()][0]?.observations.map(({ name }) => name)).toContain("ui");
  });

  it("takes nothing along that was told in its last second", async () => {
    const one = await watch({ acks: false });
    const told = (traceId: string): LiveTurn => ({
      traceId,
      state: "open",
      startTime: START,
      observations: [],
    });
    await hub().tell([told("early")], 0);
    await hub().tell([told("late")], 0);
    await eventually(async () => {
      const stored = await runInDurableObject(hub(), (_object, { storage }) =>
        storage.kv.get<string>("turns"),
      );
      expect(stored).toContain("late");
    });
    await deploy(one);
    const back = await watch();
    await until(() => back.turns().size === 2);
  });

  it("is like a connection that breaks: it comes back, or its turns go by an alarm", async () => {
    const one = await watch({ acks: false });
    await newSession()
      .stub()
      .append(watched([traceChange("create")]));
    await until(() => one.turns().size === 1);
    await runInDurableObject(hub(), async (object, state) => {
      const [socket] = state.getWebSockets();
      if (socket) await object.webSocketClose?.(socket, 1006, "", false);
    });
    expect((await hub().watched()).watchedUntil).toBeGreaterThan(Date.now());
    moveClock(31);
    await runDurableObjectAlarm(hub());
    await runInDurableObject(hub(), (_object, { storage }) => {
      expect([...storage.kv.list()]).toEqual([]);
    });
  });

  it("is over after a while: where nobody comes back, nothing stays", async () => {
    const one = await watch({ acks: false });
    await newSession()
      .stub()
      .append(watched([traceChange("create")]));
    await until(() => one.turns().size === 1);
    await deploy(one);
    await hub().watched();
    moveClock(31);
    expect(await hub().watched()).toEqual({ watchedUntil: 0 });
    await runInDurableObject(hub(), (_object, { storage }) => {
      expect([...storage.kv.list()]).toEqual([]);
    });
    expect((await watch()).turns().size).toBe(0);
  });
});
