import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { advance } from "../../../../src/session/deadlines/advance.ts";
import { shouldCompact, estimatedSnapshotLength } from "../../../../src/session/journal/compact.ts";
import { applyEntry, type Entry } from "../../../../src/session/journal/entries.ts";
import { entryLine, snapshotLine } from "../../../../src/session/journal/rebuild.ts";
import type { SessionState } from "../../../../src/session/state.ts";
import { NOW, sessionArb } from "../arbitrary.ts";
import { span, Story, trace } from "../story.ts";
import { arrival, fresh } from "../support.ts";

/** A session with its journal, as long as the object would keep it. */
class Kept {
  readonly state = fresh();
  length = 0;
  snapshot = 0;
  /** Written by appending, and by rewriting. */
  appended = 0;
  rewritten = 0;
  longest = 0;
  #seq = 0;

  write(entry: Entry): void {
    applyEntry(this.state, entry);
    const { length } = entryLine(entry);
    this.appended += length;
    if (!shouldCompact(this.state, this.length, this.snapshot)) this.length += length;
    else {
      this.snapshot = snapshotLine(this.state).length;
      this.length = this.snapshot;
      this.rewritten += this.snapshot;
    }
    this.longest = Math.max(this.longest, this.length);
  }

  send(t: number, ...changes: ReturnType<typeof span>[]): void {
    const actions = changes.map((change) => ({ seq: (this.#seq += 1), at: t, change }));
    this.write({ k: "append", t, arrival: { writer: "browser", clientId: "tab", actions } });
  }

  deliver(t: number): void {
    advance(this.state, t);
    const delivered = this.state.outbox.map(({ ordinal }) => ordinal);
    const upTo = delivered.at(-1);
    if (upTo === undefined) return;
    this.write({ k: "lease", t, upTo });
    const settle = { lease: this.state.leases, delivered, dead: [] };
    this.write({ k: "settle", t, settle });
  }
}

const text = "x".repeat(2_000);

describe("a journal", () => {
  it("is not rewritten while nothing of it has left", () => {
    const kept = new Kept();
    kept.send(NOW, trace("create"));
    for (let n = 0; n < 5_000; n += 1) {
      kept.send(NOW + n, span("create", `s-${n}`, { fields: { input: "x".repeat(n % 300) } }));
    }
    expect(kept.rewritten).toBe(0);
    expect(kept.length).toBeGreaterThan(1024 * 1024);
  });

  it("loses what is delivered, and is not copied more often than it grows", () => {
    const kept = new Kept();
    kept.send(NOW, trace("create"));
    // Some stay open beside a stream that comes and goes.
    for (let n = 0; n < 500; n += 1) kept.send(NOW, span("create", `open-${n}`));
    let t = NOW;
    for (let n = 0; n < 3_000; n += 1) {
      t += 100;
      kept.send(t, span("create", `s-${n}`, { type: "event", fields: { input: text } }));
      if (n % 200 === 199) kept.deliver(t + 61_000);
      t = kept.state.t;
    }
    expect(kept.appended).toBeGreaterThan(6_000_000);
    expect(kept.longest).toBeLessThan(2_500_000);
    expect(kept.rewritten).toBeLessThan(kept.appended);
    expect(kept.rewritten).toBeGreaterThan(0);
  });

  it("is judged by about the length that a snapshot really has", () => {
    fc.assert(
      fc.property(sessionArb, fc.boolean(), (sent, sealed) => {
        const state = fresh();
        const empty = snapshotLine(state).length;
        for (const one of sent) applyEntry(state, arrival(one, NOW));
        if (sealed) advance(state, NOW + 70_000);
        const length = snapshotLine(state).length - empty;
        expect(estimatedSnapshotLength(state)).toBeGreaterThan(length / 3);
        expect(estimatedSnapshotLength(state)).toBeLessThan(length * 3);
      }),
    );
  });

  const KB = 1024;
  const CLIENT = { seen: [], floor: 0, givenUp: 0, lastArrival: 0, offset: 0 };
  const LETTER: SessionState["deadLetters"][number] = {
    record: { kind: "score", id: "id", ordinal: 1, actions: 1, size: 1 },
    reason: "refused",
    message: "no",
    at: NOW,
  };
  const sized = (sizes: Partial<SessionState>): SessionState => Object.assign(fresh(), sizes);
  const many = <V>(count: number, value: V): Map<string, V> =>
    new Map(Array.from({ length: count }, (_, n) => [`k${n}`, value]));

  const story = new Story();
  story.at(0, trace("create"));
  story.at(0, trace("end"));
  story.sealedBy(5);
  const past = (count: number): SessionState["sealedTraces"] => {
    const [one] = story.state.sealedTraces.values();
    return one === undefined ? new Map() : many(count, one);
  };

  it("of a quiet session that remembers little is always rewritten: one row", () => {
    for (const count of [200, 201]) {
      const short = count === 200;
      expect(shouldCompact(sized({ remembered: count }), 1, 1)).toBe(short);
      expect(shouldCompact(sized({ ids: many(count, 0) }), 1, 1)).toBe(short);
      expect(shouldCompact(sized({ sealedTraces: past(count) }), 1, 1)).toBe(short);
      expect(shouldCompact(sized({ clients: many(count, CLIENT) }), 1, 1)).toBe(short);
      expect(shouldCompact(sized({ remembered: 100, ids: many(count - 100, 0) }), 1, 1)).toBe(
        short,
      );
    }
    const letters = (count: number): SessionState["deadLetters"] =>
      Array.from({ length: count }, () => LETTER);
    expect(shouldCompact(sized({ deadLetters: letters(200) }), 1, 1)).toBe(true);
    expect(shouldCompact(sized({ deadLetters: letters(201) }), 1, 1)).toBe(false);
    expect(shouldCompact(sized({ assembling: 1 }), 1, 1)).toBe(false);
  });

  it.each([
    ["quiet", { remembered: 1_000 }, 64 * KB],
    ["busy", { remembered: 1_000, assembling: 1 }, 8 * 64 * KB],
  ])(
    "of a %s session is rewritten when it is longer than its worth and its last snapshot",
    (_, sizes, slack) => {
      const state = sized(sizes);
      const enough = 2 * estimatedSnapshotLength(state) + slack + 1;
      expect(shouldCompact(state, enough, 0)).toBe(true);
      expect(shouldCompact(state, enough - 1, 0)).toBe(false);
      expect(shouldCompact(state, enough, enough - slack - 1)).toBe(true);
      expect(shouldCompact(state, enough, enough - slack)).toBe(false);
    },
  );

  it("is worth its texts, and something for each row", () => {
    const worth = estimatedSnapshotLength(fresh());
    expect(worth).toBe(0);
    for (const texts of ["assemblingSize", "outboxSize"]) {
      expect(estimatedSnapshotLength(sized({ [texts]: 5_000 }))).toBe(5_000);
    }
    const rows = [
      { assembling: 10 },
      { deadLetters: Array.from({ length: 10 }, () => LETTER) },
      { sealedTraces: past(10) },
      { remembered: 10 },
      { ids: many(10, 0) },
    ];
    for (const some of rows)
      expect(estimatedSnapshotLength(sized(some))).toBeGreaterThanOrEqual(500);
  });
});
