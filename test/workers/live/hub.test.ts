// Watchers' WebSockets against the real hub and real sessions in workerd, through the Worker's own door.
import {
  createExecutionContext,
  evictDurableObject,
  runDurableObjectAlarm,
  runInDurableObject,
} from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it } from "vitest";
import type { Change } from "../../../src/protocol/change.ts";
import { liveName } from "../../../src/protocol/live/name.ts";
import { WATCH_HEADER } from "../../../src/protocol/live/calls.ts";
import {
  LIVE_CLOSED,
  LIVE_PROTOCOL,
  type LiveMessage,
  type LiveTurn,
  MAX_UNACKNOWLEDGED,
  MAX_WATCHERS,
} from "../../../src/protocol/live.ts";
import { mergeTurn } from "../../../src/protocol/live/merge.ts";
import {
  eachOnItsOwn,
  moveClock,
  newSession,
  PROJECT,
  request,
  spanChange,
  START,
  traceChange,
  turnSteps,
  eventually,
} from "../support.ts";

eachOnItsOwn();

const id = () => env.LIVE.idFromName(liveName(PROJECT));
const hub = () => env.LIVE.get(id());
const open: WebSocket[] = [];
afterEach(() => {
  for (const socket of open.splice(0)) {
    try {
      socket.close();
    } catch {
      // It is closed.
    }
  }
});

interface Watch {
  socket: WebSocket;
  messages: LiveMessage[];
  closed: { code?: number };
  /** What it knows of each turn. */
  turns: () => Map<string, LiveTurn>;
  ack: () => void;
}

/** @param ms until its token expires */
async function watch({ ms = 3_600_000, acks = true } = {}): Promise<Watch> {
  const terms = { project: PROJECT, until: Date.now() + ms, content: false };
  const response = await hub().fetch(
    new Request("https://live.invalid/", {
      headers: { upgrade: "websocket", [WATCH_HEADER]: encodeURIComponent(JSON.stringify(terms)) },
    }),
  );
  return listen(response, acks);
}

function listen(response: Response, acks: boolean): Watch {
  const socket = response.webSocket;
  if (socket === null) throw new Error(`no socket: ${response.status}`);
  open.push(socket);
  const messages: LiveMessage[] = [];
  const closed: Watch["closed"] = {};
  const ack = (): void => socket.send(JSON.stringify({ ack: messages.at(-1)?.n ?? 0 }));
  socket.accept();
  socket.addEventListener("message", ({ data }) => {
    if (data === "pong") return;
    messages.push(JSON.parse(String(data)) as LiveMessage);
    // What comes after its end nobody acknowledges.
    if (acks && socket.readyState === WebSocket.OPEN) ack();
  });
  socket.addEventListener("close", ({ code }) => {
    closed.code = code;
  });
  const turns = (): Map<string, LiveTurn> => {
    const known = new Map<string, LiveTurn>();
    for (const message of messages) {
      if (message.type === "skipped") continue;
      for (const one of message.turns)
        known.set(one.traceId, mergeTurn(known.get(one.traceId), one));
    }
    return known;
  };
  return { socket, messages, closed, turns, ack };
}

const until = (isSo: () => boolean): Promise<void> => eventually(() => expect(isSo()).toBe(true));

/** A request of a page, as an edge that knows of a watcher passes it on. */
const watched = (changes: readonly Change[], firstSeq = 1) => ({
  ...request(changes, firstSeq),
  watchedUntil: Date.now() + 30_000,
});

describe("two watchers", () => {
  it("see a turn begin, grow and end, while it does", async () => {
    const [one, two] = [await watch(), await watch()];
    const session = newSession();
    const steps = turnSteps();
    await session.stub().append(watched(steps.slice(0, 2)));
    await until(() => one.turns().size === 1 && two.turns().size === 1);
    const [first] = one.turns().values();
    expect(first).toMatchObject({ state: "open" });
    expect(first?.observations.map(({ name }) => name)).toContain("ui");
    await session.stub().append(watched(steps.slice(2), 3));
    await until(() => [...two.turns().values()][0]?.state === "ended");
    const [last] = two.turns().values();
    expect(last?.observations.map(({ name, endTime }) => [name, endTime !== undefined])).toEqual([
      ["trace", true],
      ["ui", true],
      ["call", true],
    ]);
    await until(() => [...one.turns().values()][0]?.state === "ended");
    expect([...one.turns().values()]).toEqual([...two.turns().values()]);
    expect(one.messages[0]).toMatchObject({ type: "hello", v: 1, project: PROJECT, turns: [] });
  });

  it("one who comes later has what is open, and what ended just now", async () => {
    const first = await watch();
    const session = newSession();
    await session.stub().append(watched([traceChange("create"), spanChange("create", "ui")]));
    const ended = newSession();
    await ended.stub().append(watched(turnSteps("ui2-other")));
    await until(() => first.turns().size === 2);
    const late = await watch();
    await until(() => late.turns().size === 2);
    expect([...late.turns().values()].map(({ state }) => state).toSorted()).toEqual([
      "ended",
      "open",
    ]);
  });
});

it("with nobody watching sessions are not to tell, and nothing is kept or stored", async () => {
  expect(await hub().watched()).toEqual({ watchedUntil: 0 });
  const session = newSession();
  await session.stub().append(watched(turnSteps()));
  await runInDurableObject(hub(), (_object, { storage }) => {
    expect([...storage.kv.list()]).toEqual([]);
  });
  expect((await watch()).turns().size).toBe(0);
});

it("tells no payload that a session of another version, or of other settings, has told it", async () => {
  const one = await watch();
  const said = "what a user said";
  await hub().tell(
    [
      {
        traceId: "t",
        state: "open",
        startTime: START,
        observations: [{ id: "o", type: "span", name: "ui", startTime: START, output: said }],
        scores: [{ id: "s", name: "comment", value: said }],
      },
    ],
    0,
  );
  await until(() => one.turns().get("t")?.observations.length === 1);
  expect(one.turns().get("t")?.scores).toEqual([{ id: "s", name: "comment", value: "…" }]);
  const late = await watch();
  await until(() => late.turns().size === 1);
  expect(JSON.stringify([one.messages, late.messages])).not.toContain(said);
});

it("the last watcher takes everything along", async () => {
  const one = await watch();
  const session = newSession();
  await session.stub().append(watched([traceChange("create")]));
  await until(() => one.turns().size === 1);
  one.socket.close(1000, "enough");
  await eventually(async () => expect(await hub().watched()).toEqual({ watchedUntil: 0 }));
  await runInDurableObject(hub(), (_object, { storage }) => {
    expect([...storage.kv.list()]).toEqual([]);
  });
});

it("a watcher who reads nothing is told no more than a bounded number, then what it missed", async () => {
  const [slow, quick] = [await watch({ acks: false }), await watch()];
  const session = newSession();
  await session.stub().append(watched([traceChange("create"), spanChange("create", "ui")]));
  let seq = 3;
  for (let n = 0; n < MAX_UNACKNOWLEDGED + 4; n += 1) {
    const before = quick.messages.length;
    const progress: Change = {
      ...spanChange("update", "ui"),
      metadata: [["chunkCount", String(n)]],
    };
    await session.stub().append(watched([progress], seq));
    seq += 1;
    await until(() => quick.messages.length > before);
  }
  expect(slow.messages).toHaveLength(MAX_UNACKNOWLEDGED);
  expect(slow.messages.every(({ type }) => type !== "skipped")).toBe(true);
  slow.ack();
  await until(() => slow.messages.length > MAX_UNACKNOWLEDGED + 1);
  expect(slow.messages[MAX_UNACKNOWLEDGED]).toMatchObject({ type: "skipped" });
  const chunks = (by: Watch) =>
    [...by.turns().values()][0]?.observations.find(({ name }) => name === "ui")?.chunks;
  expect(chunks(slow)).toBe(MAX_UNACKNOWLEDGED + 3);
  expect(chunks(quick)).toBe(MAX_UNACKNOWLEDGED + 3);
});

it("an evicted hub goes on with its watchers, and knows its turns", async () => {
  const one = await watch();
  const session = newSession();
  await session.stub().append(watched([traceChange("create"), spanChange("create", "ui")]));
  await until(() => one.turns().size === 1);
  await evictDurableObject(hub());
  expect((await hub().watched()).watchedUntil).toBeGreaterThan(Date.now());
  const late = await watch();
  await until(() => late.turns().size === 1);
  moveClock(1);
  await session.stub().append(watched([spanChange("end", "ui"), traceChange("end")], 3));
  for (const by of [one, late]) {
    await until(() => [...by.turns().values()][0]?.state === "ended");
  }
  const numbers = one.messages.map(({ n }) => n);
  expect(numbers).toEqual(numbers.map((_, index) => index + 1));
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
  const terms = { project: PROJECT, until: Date.now() + 3_600_000, content: false };
  const { webSocket } = await hub().fetch(
    new Request("https://live.invalid/", {
      headers: { upgrade: "websocket", [WATCH_HEADER]: encodeURIComponent(JSON.stringify(terms)) },
    }),
  );
  if (webSocket === null) throw new Error("no socket");
  open.push(webSocket);
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

it("a code is good once, also after an eviction, and is forgotten when it would have expired", async () => {
  const expires = Date.now() + 120_000;
  expect(await hub().redeem("code-1", expires)).toBe(true);
  await evictDurableObject(hub());
  expect(await hub().redeem("code-1", expires)).toBe(false);
  moveClock(121);
  await runDurableObjectAlarm(hub());
  await runInDurableObject(hub(), (_object, { storage }) => {
    expect([...storage.kv.list()]).toEqual([]);
  });
});

it("a session that is deleted is in no hello any more", async () => {
  const one = await watch();
  const session = newSession();
  const begin: Change = { ...traceChange("create"), traceFields: { sessionId: "chat-1" } };
  await session.stub().append(watched([begin]));
  await until(() => one.turns().size === 1);
  await hub().forgetSession("chat-1");
  expect((await watch()).turns().size).toBe(0);
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

it("a thousand sessions that tell at once: what is shown is what was told, or is counted as skipped", async () => {
  const one = await watch();
  const count = 1_000;
  const ended = (n: number): LiveTurn => ({
    traceId: `trace-${n}`,
    state: "ended",
    startTime: START,
    endTime: START + n,
    observations: [],
  });
  const answers = await Promise.all(
    Array.from({ length: count }, (_, n) => hub().tell([ended(n)], 0)),
  );
  // With so much to do it asks for quiet.
  expect(Math.max(...answers.map(({ quietMs }) => quietMs))).toBeGreaterThan(0);
  const skipped = (): number =>
    one.messages.reduce((sum, one) => sum + (one.type === "skipped" ? one.changes : 0), 0);
  await until(() => one.turns().size + skipped() >= count);
  // The hub remembers half of them: those at least it has told, and what is missing was counted.
  expect(one.turns().size).toBeGreaterThanOrEqual(count / 2);
  for (const [traceId, { endTime }] of one.turns()) {
    expect(traceId).toBe(`trace-${(endTime ?? 0) - START}`);
  }
});
