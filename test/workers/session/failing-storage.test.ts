// Writes of an object's storage that fail, on the platform: what was answered is kept.
import { evictDurableObject } from "cloudflare:test";
import { expect, it, vi } from "vitest";
import type { Change } from "../../../src/protocol/change.ts";
import { MAX_JOURNAL_LENGTH } from "../../../src/session/bounds.ts";
import {
  moveClock,
  newSession,
  request,
  spanChange,
  type TestSession,
  turnSteps,
  eachOnItsOwn,
} from "../support.ts";
import { failPut } from "./fail-put.ts";

eachOnItsOwn();

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
  for (const nth of [1, 2, 9]) {
    const session = newSession();
    let seq = 1;
    let kept = 0;
    const send = async (id: string, output: string): Promise<void> => {
      const one: Change = { ...spanChange("create", id), type: "event", fields: { output } };
      const [status] = await append(session, request([one], seq));
      if (status !== "refused") kept += 1;
      seq += 1;
    };
    for (let length = 0; length <= MAX_JOURNAL_LENGTH; length += text.length) {
      await send(`s-${length}`, text);
    }
    await failPut(session.stub(), nth);
    // There is no room: the journal is rewritten, in vain.
    await send("too much", text);
    moveClock(200);
    const { lease } = await session.stub().lease({ maxBytes: 1 });
    const delivered = lease?.records.map(({ ordinal }) => ordinal) ?? [];
    expect(delivered).toHaveLength(1);
    await session.stub().settle({ lease: lease?.id ?? 0, delivered, dead: [] });
    for (let more = 0; more < 4; more += 1) await send(`m-${more}`, "short");
    vi.restoreAllMocks();
    await evictDurableObject(session.stub());
    expect(await session.stub().pending()).toMatchObject({ pending: kept - 1 });
  }
});

it("settle once, whichever write of a delivery fails", async () => {
  for (const nth of [1, 2, 3, 4]) {
    const session = newSession();
    await failPut(session.stub(), nth);
    expect(await append(session, request(turnSteps()))).toHaveLength(6);
    moveClock(200);
    const lend = () => session.stub().lease({ maxBytes: 1_000_000 });
    const { lease } = await lend().catch(lend);
    expect(lease?.records).toHaveLength(3);
    const delivered = lease?.records.map(({ ordinal }) => ordinal) ?? [];
    const settle = () => session.stub().settle({ lease: lease?.id ?? 0, delivered, dead: [] });
    expect(await settle().catch(settle)).toMatchObject({ sealed: 0, pending: 0 });
    vi.restoreAllMocks();
    moveClock(200);
    expect(await lend()).toEqual({ reason: "empty" });
  }
});
