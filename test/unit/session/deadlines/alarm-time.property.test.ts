import fc from "fast-check";
import { expect, it } from "vitest";
import { advance } from "../../../../src/session/deadlines/advance.ts";
import { applyEntry } from "../../../../src/session/journal/entries.ts";
import { alarmAt, claimDelay, expiryOf } from "../../../../src/session/deadlines/alarm-time.ts";
import { pendingOf } from "../../../../src/session/state.ts";
import { MEMORY_MS } from "../../../../src/session/bounds.ts";
import { NOW, sessionArb } from "../arbitrary.ts";
import { recount } from "../recount.ts";
import { arrival, fresh } from "../support.ts";
import { runs } from "../../../support/runs.ts";

it("always has a time for the alarm while work remains, and ends when it is done", () => {
  fc.assert(
    fc.property(
      sessionArb,
      fc.array(fc.tuple(fc.nat(90_000), fc.boolean(), fc.boolean()), { maxLength: 60 }),
      (sent, steps) => {
        const state = fresh();
        let t = NOW;
        for (const [index, one] of sent.entries()) {
          const [wait, settles, fails] = steps[index] ?? [0, false, false];
          t += wait;
          applyEntry(state, arrival(one, t));
          const last = state.outbox.at(-1);
          if (settles && last !== undefined && state.lease === undefined) {
            applyEntry(state, { k: "lease", t, upTo: last.seq });
            const delivered = fails ? [] : state.outbox.map(({ ordinal }) => ordinal);
            const settle = {
              lease: state.leases,
              delivered,
              dead: [],
              ...(fails && { notBefore: t + 5_000 }),
            };
            applyEntry(state, { k: "settle", t, settle });
          }
          recount(state);
          const at = alarmAt(state, { claimPendingUntil: 0 });
          if (pendingOf(state) > 0) expect(at).toBeDefined();
          else expect(at).toBe(expiryOf(state));
          // A claim is never sent ahead of what it is for by more than a queue can delay usefully.
          const delay = claimDelay(state, { claimPendingUntil: 0 }, t);
          if (delay !== undefined) expect(delay).toBeLessThanOrEqual(10);
        }
        // Left to its alarms alone, whose consumer always delivers, the session comes to rest.
        for (let ring = 0; ring < 500; ring += 1) {
          const at = alarmAt(state, { claimPendingUntil: 0 });
          if (at === undefined || at === expiryOf(state)) break;
          t = Math.max(t, at);
          advance(state, t);
          const delivered = state.outbox.map(({ ordinal }) => ordinal);
          const upTo = state.outbox.at(-1)?.seq;
          if (upTo === undefined) continue;
          applyEntry(state, { k: "lease", t, upTo });
          applyEntry(state, {
            k: "settle",
            t,
            settle: { lease: state.leases, delivered, dead: [] },
          });
        }
        expect(pendingOf(state)).toBe(0);
        expect(state.counts.delivered).toBe(sent.length);
        expect(expiryOf(state)).toBe(state.lastEntry + MEMORY_MS);
      },
    ),
    { numRuns: runs(200) },
  );
});
