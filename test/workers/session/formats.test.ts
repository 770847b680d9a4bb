// Journals that this version did not write, or that were damaged, in objects that go on.
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { expect, it, vi } from "vitest";
import { DEAD_LETTER_MS } from "../../../src/session/bounds.ts";
import { FORMAT_VERSION } from "../../../src/session/journal/migrations.ts";
import {
  AFTER_EVICTION,
  moveClock,
  newSession,
  request,
  sendTurn,
  type TestSession,
  turnSteps,
  eachOnItsOwn,
} from "../support.ts";

eachOnItsOwn();

const stored = (session: TestSession): Promise<Map<string, unknown>> =>
  runInDurableObject(session.stub(), (_object, { storage }) => new Map(storage.kv.list()));
const store = (session: TestSession, chunk: string): Promise<void> =>
  runInDurableObject(session.stub(), (_object, { storage }) => {
    storage.kv.put("journal/00000000", chunk);
  });

it.each([
  ["half a line", `${FORMAT_VERSION}\nE{"k":"arri`],
  ["entries of another shape", `${FORMAT_VERSION}\nE{"k":"append","t":1}\n`],
  ["a snapshot that lacks something", `${FORMAT_VERSION}\nS{"project":"pk"}\n`],
  ["no format", "something else\n"],
])("puts a journal aside that holds %s, says so, and lives on", async (_what, chunk) => {
  const session = newSession();
  await store(session, chunk);
  await evictDurableObject(session.stub());
  const log = vi.spyOn(console, "error").mockImplementation(() => undefined);
  const { results } = await session.stub().append(request(turnSteps()));
  expect(results.every(({ status }) => status === "accepted")).toBe(true);
  expect(JSON.stringify(log.mock.calls)).toContain("unreadable_journal");
  expect(await session.stub().pending()).toMatchObject({ pending: 3, unreadable: 1 });
  expect((await stored(session)).get("unreadable/00000000")).toBe(chunk);
  // A settlement of a delivery from before meets nothing of what is new.
  await session.stub().settle({ lease: 1, delivered: [1, 2, 3], dead: [] });
  await evictDurableObject(session.stub());
  moveClock(AFTER_EVICTION);
  const { lease } = await session.stub().lease({ maxBytes: 1_000_000 });
  expect(lease?.records).toHaveLength(3);
  const delivered = lease?.records.map(({ ordinal }) => ordinal) ?? [];
  await session.stub().settle({ lease: lease?.id ?? 0, delivered, dead: [] });
  // It goes as dead letters do.
  moveClock(DEAD_LETTER_MS / 1000 - 120);
  await runDurableObjectAlarm(session.stub());
  expect((await stored(session)).size).toBe(2);
  moveClock(120);
  await runDurableObjectAlarm(session.stub());
  expect((await stored(session)).size).toBe(0);
});

it("forgets what was put aside with the session", async () => {
  const session = newSession();
  await store(session, `${FORMAT_VERSION}\nEsecret`);
  await evictDurableObject(session.stub());
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  await session.stub().append(request(turnSteps()));
  expect(JSON.stringify([...(await stored(session))])).toContain("secret");
  await session.stub().deleteSession();
  expect(JSON.stringify([...(await stored(session))])).not.toContain("secret");
  expect(await session.stub().pending()).toEqual({ pending: 0, sealed: 0 });
});

it("leaves a journal of a later version to that version", async () => {
  const session = newSession();
  await sendTurn(session);
  const before = await stored(session);
  const [chunk = ""] = before.values() as Iterable<string>;
  await store(session, chunk.replace(/^\d+/, "99"));
  await evictDurableObject(session.stub());
  const kept = await stored(session);
  const append = session.stub().append(request(turnSteps(), 7));
  expect(await append.catch(String)).toContain("later version");
  expect(await session.stub().deleteSession().catch(String)).toContain("later version");
  expect(await session.stub().pending().catch(String)).toContain("later version");
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  await runDurableObjectAlarm(session.stub());
  expect(await stored(session)).toEqual(kept);
  // The version is back: its alarm finds the object.
  await store(session, chunk);
  await evictDurableObject(session.stub());
  moveClock(3_600);
  expect(await runDurableObjectAlarm(session.stub())).toBe(true);
  expect(await session.stub().pending()).toMatchObject({ pending: 3 });
});
