// Writes of an object's storage that fail, on the platform: what was answered is kept.
import { runInDurableObject } from "cloudflare:test";
import { expect, it, vi } from "vitest";
import { MAX_JOURNAL_LENGTH } from "../../../src/session/bounds.ts";
import {
  moveClock,
  newSession,
  request,
  spanChange,
  type TestSession,
  traceChange,
  turnSteps,
  eachOnItsOwn,
} from "../support.ts";

eachOnItsOwn();

/** From now on the nth value that an object of this isolate puts fails, once. */
async function failPut(session: TestSession, nth: number): Promise<void> {
  await runInDurableObject(session.stub(), (_object, { storage }) => {
    const kv = Object.getPrototypeOf(storage.kv) as { put: (...args: unknown[]) => unknown };
    const real = kv.put;
    let puts = 0;
    vi.spyOn(kv, "put").mockImplementation(function put(this: unknown, ...args) {
      puts += 1;
      if (puts === nth) throw new Error("the storage failed");
      return real.apply(this, args);
    });
  });
}

/** As a page does, until it is answered. */
async function append(session: TestSession, sent: ReturnType<typeof request>): Promise<string[]> {
  for (;;) {
    const answer = await session
      .stub()
      .append({ ...sent, writer: "server" })
      .catch(() => undefined);
    if (answer !== undefined) return answer.results.map(({ status }) => status);
  }
}

it("keep every action that was answered, also where the journal is rewritten for room", async () => {
  const text = "x".repeat(900_000);
  for (const nth of [1, 2, 3]) {
    const session = newSession();
    await session.stub().append({ ...request([traceChange("create")]), writer: "server" });
    let seq = 2;
    for (let length = 0; length <= MAX_JOURNAL_LENGTH; length += text.length) {
      const one = { ...spanChange("update", "s"), fields: { output: text } };
      expect(await append(session, request([one], seq))).toEqual(["accepted"]);
      seq += 1;
    }
    await failPut(session, nth);
    for (let more = 0; more < 4; more += 1) {
      const statuses = await append(session, request([spanChange("create", `m-${more}`)], seq));
      expect(["accepted", "repeat"]).toContain(statuses[0]);
      seq += 1;
    }
    vi.restoreAllMocks();
    // The span that was only updated, its trace's root, and the four.
    expect(await session.stub().pending()).toMatchObject({ pending: 6 });
  }
});

it("settle once, whichever write of a delivery fails", async () => {
  for (const nth of [1, 2, 3, 4]) {
    const session = newSession();
    await failPut(session, nth);
    expect(await append(session, request(turnSteps()))).toHaveLength(6);
    moveClock(200);
    const lend = () => session.stub().lease({ maxBytes: 1_000_000 });
    const { lease } = await lend().catch(lend);
    expect(lease?.records).toHaveLength(3);
    const delivered = lease?.records.map(({ ordinal }) => ordinal) ?? [];
    const settle = () => session.stub().settle({ lease: lease?.id ?? 0, delivered, dead: [] });
    expect(await settle().catch(settle)).toEqual({ sealed: 0, pending: 0 });
    vi.restoreAllMocks();
    moveClock(200);
    expect(await lend()).toEqual({ reason: "empty" });
  }
});
