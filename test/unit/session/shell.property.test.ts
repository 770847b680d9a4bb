// Any sequence of what can happen to a session: the books balance, nothing accepted is lost, nothing is
// delivered again once it was settled, a record that is sent again is the same, and none is leased that is
// held back.
import fc from "fast-check";
import { expect, it } from "vitest";
import type { Lease } from "../../../src/protocol/session/lease-calls.ts";
import { MEMORY_MS } from "../../../src/session/bounds.ts";
import { sessionArb } from "./arbitrary.ts";
import { Shell } from "./shell.ts";
import { SETTINGS } from "./support.ts";
import { partArb, partOf, settlementOf, verdictArb } from "./verdicts.ts";
import { runs } from "../../support/runs.ts";

const HALF = { rules: [{ failed: true as const }], share: 0.5 };

/** The edge's clock steps back. */
const backArb = fc.oneof(fc.nat(2_000), fc.nat(20 * 60_000));

const stepArb = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant("send" as const),
      count: fc.integer({ min: 1, max: 4 }),
      deliver: fc.nat(8),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("wait" as const),
      ms: fc.oneof(fc.nat(900), fc.nat(8_000), fc.nat(90_000)),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("lease" as const),
      bytes: fc.constantFrom(1, 2_000, 1_000_000),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("settle" as const),
      index: fc.nat(3),
      verdict: verdictArb,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("part" as const),
      index: fc.nat(3),
      verdict: verdictArb,
      known: partArb,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("crash" as const), backMs: backArb }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("back" as const), backMs: backArb }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("fail" as const),
      after: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("alarm" as const) }) },
);

it.each([
  ["", SETTINGS, 1000],
  [", and half of it left out", { ...SETTINGS, sampling: HALF }, 300],
])("is survived by a session with nothing lost, doubled or changed%s", (_name, rules, count) => {
  fc.assert(
    fc.property(sessionArb, fc.array(stepArb, { minLength: 10, maxLength: 80 }), (sent, steps) => {
      const shell = new Shell({ ...rules, flushAt: 4 });
      const queue = sent.map(({ action }) => action.change);
      const held: Lease[] = [];
      for (const step of steps) {
        if (step.do === "send")
          shell.send(queue.splice(0, step.count), { deliver: step.deliver === 0 });
        else if (step.do === "wait") shell.now += step.ms;
        else if (step.do === "back") shell.now -= step.backMs;
        else if (step.do === "alarm") shell.alarm();
        else if (step.do === "fail") shell.storage.failsAt = shell.storage.writes + step.after;
        else if (step.do === "crash") {
          shell.now -= step.backMs;
          const before = [shell.state.failing, shell.state.setAside];
          shell.restart();
          expect([shell.state.failing, shell.state.setAside]).toEqual(before);
        } else if (step.do === "lease") {
          const lease = shell.lease(step.bytes);
          if (lease !== undefined) held.push(lease);
        } else if (step.do === "part") {
          const index = step.index % Math.max(1, held.length);
          const part = held[index] && partOf(held[index], step.verdict, step.known);
          if (part === undefined) continue;
          shell.settle(held[index] as Lease, part.settlement);
          held[index] = part.rest;
        } else {
          const [lease] = held.splice(step.index % Math.max(1, held.length), 1);
          if (lease === undefined) continue;
          const next = shell.settle(lease, settlementOf(lease, step.verdict));
          if (next !== undefined) held.push(next);
        }
      }
      shell.append(...queue);
      shell.now += MEMORY_MS / 2;
      for (let round = 0; round < 100; round += 1) shell.deliver(4_000);
      shell.restart();
      const { counts, outbox } = shell.state;
      expect([outbox.length, counts.accepted]).toEqual([0, shell.accepted]);
      const { dropped, delivered, dead } = counts;
      expect(delivered + dead + (dropped.get("sampled") ?? 0)).toBe(shell.accepted);
    }),
    { numRuns: runs(count) },
  );
});
