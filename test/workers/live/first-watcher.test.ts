// Whoever comes first sees what goes on already: nobody told the sessions before that somebody watches.
import {
  createExecutionContext,
  evictDurableObject,
  runInDurableObject,
  waitOnExecutionContext,
} from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import type { LiveTurn } from "../../../src/protocol/live.ts";
import {
  AFTER_EVICTION,
  claimOf,
  consumeClaims,
  eventually,
  moveClock,
  newSession,
  request,
  sendTurn,
  turnSteps,
} from "../support.ts";
import { eachWithWatchers, watch, type Watch } from "./watchers.ts";

eachWithWatchers();

/** A watcher that acknowledges nothing. */
const watching = () => watch({ acks: false });
const oneOf = async ({ turns }: Watch): Promise<LiveTurn | undefined> => {
  await eventually(() => expect(turns().size).toBe(1));
  return [...turns().values()][0];
};
const namesOf = (turn: LiveTurn | undefined) => turn?.observations.map(({ name }) => name);

it("a turn that goes on in a chat is seen at once, though no request comes", async () => {
  const session = newSession();
  await sendTurn(session);
  await consumeClaims(claimOf(session));
  moveClock(60);
  const steps = turnSteps("ui2-second");
  await session.stub().append(request(steps.slice(0, 2), 20));
  // The object sleeps while the model thinks.
  moveClock(AFTER_EVICTION);
  await evictDurableObject(session.stub());
  const turn = await oneOf(await watching());
  expect(turn).toMatchObject({ state: "open", rawTraceId: "ui2-second" });
  expect(namesOf(turn)).toEqual(["trace", "ui"]);
});

it("of a new chat the request that begins a turn is enough, in an isolate that never asked", async () => {
  const watcher = await watching();
  const { default: worker } = await import("../../../src/dev.ts");
  const ctx = createExecutionContext();
  const traceId = "ui2-1671234567890-first";
  const asked = new Request("http://127.0.0.1:8787/api/langfuse/trace", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      sessionId: "new-chat",
      actions: [
        { action: "create_trace", data: { traceId, name: "Claude", sessionId: "new-chat" } },
        {
          action: "create_span",
          data: { traceId, spanId: "ui", name: "frontend-ui-processing" },
        },
      ],
    }),
  });
  const response = await worker.fetch?.(asked as never, env, ctx);
  expect(response?.status).toBe(200);
  await waitOnExecutionContext(ctx);
  const turn = await oneOf(watcher);
  expect(turn).toMatchObject({ state: "open", name: "Claude" });
  expect(namesOf(turn)).toContain("frontend-ui-processing");
});

it("an end is seen though its object slept, and its request met an isolate that knows of nobody", async () => {
  const watcher = await watching();
  const session = newSession();
  const steps = turnSteps();
  const watchedUntil = Date.now() + 30_000;
  await session.stub().append({ ...request(steps.slice(0, 4)), watchedUntil });
  expect(await oneOf(watcher)).toMatchObject({ state: "open" });
  moveClock(AFTER_EVICTION);
  await evictDurableObject(session.stub());
  await session.stub().append(request(steps.slice(4), 5));
  await eventually(() => expect([...watcher.turns().values()]).toMatchObject([{ state: "ended" }]));
});

it("an end that a settlement finds is seen, though the records are settled before anything else happens", async () => {
  const watcher = await watching();
  const session = newSession();
  const known = { maxBytes: 1_000_000, spans: true, sampledOut: true } as const;
  await sendTurn(session);
  const { lease } = await session.stub().lease(known);
  const steps = turnSteps("ui2-left");
  const watchedUntil = Date.now() + 30_000;
  await session.stub().append({ ...request(steps.slice(0, 3), 20), watchedUntil });
  const left = () =>
    [...watcher.turns().values()].find(({ rawTraceId }) => rawTraceId === "ui2-left");
  await eventually(() => expect(left()).toMatchObject({ state: "open" }));
  // Nobody ends it.
  moveClock(31 * 60);
  const delivered = (one: typeof lease) => ({
    lease: one?.id ?? 0,
    delivered: (one?.records ?? []).map(({ ordinal }) => ordinal),
    dead: [],
  });
  const { next } = await session.stub().settle({ ...delivered(lease), next: known });
  expect(next?.records.map(({ kind }) => kind)).toEqual(["observation", "observation"]);
  await session.stub().settle(delivered(next));
  await eventually(() => expect(left()).toMatchObject({ state: "ended" }));
});

it("an object with nothing in it, which is told, stores nothing", async () => {
  const session = newSession();
  await session.stub().watched(Date.now() + 30_000);
  await runInDurableObject(session.stub(), async (_object, { storage }) => {
    expect([...storage.kv.list()]).toEqual([]);
    expect(await storage.getAlarm()).toBeNull();
  });
});
