import { describe, expect, it } from "vitest";
import {
  langfuseObservationId,
  langfuseTraceId,
  rootObservationId,
} from "../../../src/protocol/ids.ts";
import { fingerprintOf } from "../../faults/plan/fingerprint.ts";
import { recordsOf } from "../../faults/plan/plan.ts";
import { observationIdOf, rootIdOf, traceIdOf } from "../../faults/plan/records.ts";
import { GUILTY } from "../../faults/plan/turn.ts";
import { NOW, plan, SEED } from "./support.ts";

describe("the fingerprint of a plan", () => {
  const FAULTS = ["kill after 345", "kill after 12"];
  const later = { now: NOW + 86_400_000 };

  it("is the same for the same seed, whenever it runs", () => {
    const first = fingerprintOf(plan(), FAULTS);
    expect(first).toMatch(/^[0-9a-f]{8}$/);
    expect(fingerprintOf(plan(later), FAULTS)).toBe(first);
    expect(fingerprintOf(plan().toReversed(), FAULTS)).toBe(first);
  });

  it("is another for anything that is another: the seed, a clock, a fault, its turn", () => {
    const others = [
      fingerprintOf(plan({ seed: SEED + 1 }), FAULTS),
      fingerprintOf(plan({ clock: () => ({ told: (ms) => ms + 1, sentAtSkewMs: 0 }) }), FAULTS),
      fingerprintOf(plan({ sessions: 3 }), FAULTS),
      fingerprintOf(plan(), FAULTS.slice(1)),
      fingerprintOf(plan(), FAULTS.toReversed()),
    ];
    expect(new Set([fingerprintOf(plan(), FAULTS), ...others]).size).toBe(6);
  });
});

describe("a plan", () => {
  it("is the same for the same seed, and another for another", () => {
    expect(plan()).toEqual(plan());
    expect(plan({ seed: SEED + 1 })).not.toEqual(plan());
  });

  it("leaves the sessions as they are when one more is added", () => {
    expect(plan({ sessions: 3 }).slice(0, 2)).toEqual(plan({ sessions: 2 }));
  });

  it("numbers the actions of a client without a gap, over all its turns", () => {
    for (const { turns } of plan()) {
      const actions = turns.flatMap(({ requests }) => requests.flatMap(({ actions }) => actions));
      expect(actions.map(({ seq }) => seq)).toEqual(actions.map((_, n) => n + 1));
    }
  });

  it("expects each record once", () => {
    const keys = recordsOf(plan()).map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys).toHaveLength(2 * 3 * 5);
  });

  it("puts the guilty content where it is asked to, and nowhere else", () => {
    const guilty = plan({ guilty: (session) => (session === 1 ? ["score", "call"] : []) });
    const records = recordsOf(guilty).filter((record) => record.guilty);
    expect(new Set(records.map(({ session }) => session))).toEqual(new Set([`s${SEED}-1`]));
    expect(records).toHaveLength(3 * 2);
    for (const record of recordsOf(guilty)) {
      expect(JSON.stringify(record.facts).includes(GUILTY)).toBe(record.guilty === true);
    }
    const [healthy] = guilty;
    expect(JSON.stringify(healthy)).not.toContain(GUILTY);
  });

  it("computes ids as they are published", () => {
    const trace = langfuseTraceId("ui2-1671234567890-abc123");
    expect(traceIdOf("ui2-1671234567890-abc123")).toBe("b2da82a90f74a406596bb57639b0bd19");
    expect(rootIdOf(trace)).toBe(rootObservationId(trace));
    expect(observationIdOf(trace, "call")).toBe(langfuseObservationId(trace, "call"));
  });
});
