// A consumer's calls to objects: whatever their clocks say, a lease lasts as long as the object says, by the
// consumer's own clock, from when it was asked for.
import { expect, it } from "vitest";
import { askLease, settle, type SessionDeps } from "../../../src/delivery/call-session.ts";
import type { Lease } from "../../../src/protocol/session/lease-calls.ts";

const NOW = 1_795_348_800_000;
const OBJECTS_CLOCK = NOW - 3_600_000;
const LEASE: Lease = { id: 7, until: OBJECTS_CLOCK + 33_000, lastsMs: 33_000, records: [] };

/** An object that answers after two seconds, of the consumer's clock. */
function consumer(lease: Lease): SessionDeps {
  let now = NOW;
  const answers = async <A>(answer: A): Promise<A> => {
    now += 2_000;
    return answer;
  };
  return {
    sessionById: () => ({
      lease: () => answers({ lease }),
      settle: () => answers({ sealed: 0, pending: 0, next: lease }),
    }),
    log: () => undefined,
    now: () => now,
  };
}

it("has a lease end by its own clock, counted from when it asked", async () => {
  const { lastsMs: _told, ...known } = LEASE;
  const lease = { ...known, until: NOW + 33_000 };
  expect(await askLease(consumer(LEASE), "a", { maxBytes: 1 })).toEqual({ lease });
  const settlement = { lease: 6, delivered: [], dead: [] };
  expect(await settle(consumer(LEASE), "a", settlement)).toMatchObject({ next: lease });
});

it("believes the clock of an object that says no more", async () => {
  const { lastsMs: _untold, ...lease } = LEASE;
  expect(await askLease(consumer(lease), "a", { maxBytes: 1 })).toEqual({ lease });
});
