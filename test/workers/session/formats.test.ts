// Journals of earlier versions, in objects that go on.
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { expect, it } from "vitest";
import { FORMAT_VERSION } from "../../../src/session/migrations.ts";
import format1 from "../../unit/session/journal-format-1.json" with { type: "json" };
import {
  AFTER_EVICTION,
  moveClock,
  newSession,
  request,
  traceChange,
  eachOnItsOwn,
} from "../support.ts";

eachOnItsOwn();

it("go on where they were, in the current format from the next write on", async () => {
  const session = newSession();
  const stored = (): Promise<string> =>
    runInDurableObject(session.stub(), (_object, { storage }) =>
      [...storage.kv.list<string>()].map(([, chunk]) => chunk).join(""),
    );
  await runInDurableObject(session.stub(), (_object, { storage }) => {
    storage.kv.put("journal/00000000", `${["1", ...format1.snapshot].join("\n")}\n`);
  });
  await evictDurableObject(session.stub());
  await session.stub().append(request([traceChange("create", "ui2-later")], 50));
  expect((await stored()).split("\n")[0]).toBe(String(FORMAT_VERSION));
  await evictDurableObject(session.stub());
  moveClock(AFTER_EVICTION);
  const { lease } = await session.stub().lease({ maxBytes: 8_000_000 });
  expect(JSON.stringify(lease?.records)).toBe(JSON.stringify(format1.outbox));
});
