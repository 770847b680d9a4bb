// A session that is written to faster than it is delivered: what it can't hold is refused by name, with a time,
// and the log says so once.
import { expect, it, vi } from "vitest";
import { eachOnItsOwn, newSession, request, spanChange, traceChange } from "../support.ts";

eachOnItsOwn();

it("refuses what it can't hold with a code and a time, and says so in the log once a minute", async () => {
  const log = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  const session = newSession();
  const input = "x".repeat(1_000_000);
  const results: unknown[] = [];
  for (let n = 0; n < 14; n += 1) {
    const change = { ...spanChange("create", `s${n}`), fields: { name: "s", input } };
    const sent = request([traceChange("create"), change], 1 + 2 * n);
    const answer = await session.stub().append({ ...sent, writer: "server" });
    results.push(answer.results.at(-1));
  }
  expect(results.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => ({ status: "accepted" })));
  expect(results.at(-1)).toMatchObject({ status: "refused", code: "session_full", retryAfter: 5 });
  const events = log.mock.calls.map(
    ([line]) => (JSON.parse(String(line)) as { event: string }).event,
  );
  expect(events).toEqual(["session_full"]);
});
