// Dead letters of a session: kept beside the journal, replayed byte for byte, given up, and known again from
// whatever is stored.
import { describe, expect, it } from "vitest";
import type { SealedRecord } from "../../../../src/protocol/record.ts";
import { MAX_DEAD_LETTERS, MAX_REPLAY_SIZE } from "../../../../src/session/bounds.ts";
import {
  letterRefs,
  needsAnnouncement,
  reportOf,
} from "../../../../src/session/dead-letters/books.ts";
import {
  dropExpired,
  dropSelected,
  replayLetters,
  showLetters,
} from "../../../../src/session/dead-letters/letter-calls.ts";
import { isEcho } from "../../../../src/session/dead-letters/letters.ts";
import { alarmAt, expiryOf, overAt } from "../../../../src/session/deadlines/alarm-time.ts";
import { eraseSession } from "../../../../src/session/erasure/erase-session.ts";
import { JournalStore } from "../../../../src/session/journal/journal-store.ts";
import { readSnapshot, writeSnapshot } from "../../../../src/session/journal/snapshot.ts";
import { FORMAT_VERSION } from "../../../../src/session/journal/migrations.ts";
import type { Lease } from "../../../../src/protocol/session/lease-calls.ts";
import { recount } from "../recount.ts";
import { Shell } from "../shell.ts";
import { span, trace } from "../story.ts";
import { DAY, SETTINGS } from "../support.ts";

const PROJECT = "pk";
const NO_MEMORY = { claimPendingUntil: 0 };
const LARGE = "x".repeat(2_000_000);

const verdict = (ordinal: number, reason = "refused", message = "no") => ({
  ordinal,
  reason,
  message,
});

class LetterShell extends Shell {
  /** A turn of which every record is dead; `output` of its one span. */
  die(id: string, output = "out", reason = "refused"): SealedRecord[] {
    this.append(
      trace("create"),
      span("create", id, { fields: { output } }),
      span("end", id),
      trace("end"),
    );
    this.now += 150_000;
    const { records } = this.refuse(reason);
    return records;
  }

  refuse(reason = "refused", message = "no"): Lease {
    const lease = this.lease(20_000_000) ?? never();
    const dead = lease.records.map(({ ordinal }) => verdict(ordinal, reason, message));
    this.settle(lease, { delivered: [], dead });
    return lease;
  }

  replay(selection: object = {}) {
    return this.again((now) =>
      replayLetters(
        this.state,
        { project: PROJECT, ...selection },
        (ordinal) => this.read(ordinal),
        now,
      ),
    );
  }

  drop(selection: object = {}) {
    return this.again((now) => dropSelected(this.state, { project: PROJECT, ...selection }, now));
  }

  show(selection: object = {}) {
    return showLetters(this.state, { project: PROJECT, ...selection }, 14 * DAY, (ordinal) =>
      this.read(ordinal),
    );
  }

  read(ordinal: number) {
    return new JournalStore(this.storage).letter(this.state, ordinal);
  }

  letterKeys(): string[] {
    return this.storage.keys().filter((key) => key.startsWith("dead/"));
  }
}

function never(): never {
  throw new Error("nothing was leased");
}

describe("dead letters", () => {
  it("have keys of their own, and the snapshot says only what they are about", () => {
    const shell = new LetterShell();
    const records = shell.die("a", LARGE);
    expect(shell.letterKeys()).toHaveLength(4);
    expect(writeSnapshot(shell.state).length).toBeLessThan(10_000);
    for (const cold of [false, true]) {
      if (cold) shell.restart();
      expect(shell.show().map(({ record }) => record)).toEqual(records);
      expect(letterRefs(shell.state)).toMatchObject([
        { ordinal: 1, kind: "observation", reason: "refused", message: "no", deaths: 1 },
        { ordinal: 2, kind: "observation", reason: "refused", message: "no", deaths: 1 },
      ]);
    }
  });

  it("go out again byte for byte, and nothing of them stays once they are delivered", () => {
    const shell = new LetterShell();
    const records = shell.die("a", LARGE);
    expect(shell.replay()).toEqual({ ordinals: [1, 2], left: 0 });
    expect([shell.state.counts.dead, shell.show()]).toEqual([0, []]);
    shell.restart();
    shell.now += 150_000;
    // The shell itself compares what it is given with what it was given before.
    const lease = shell.lease(20_000_000) ?? never();
    expect(lease.records.map((record) => ({ ...record, seq: 0 }))).toEqual(
      records.map((record) => ({ ...record, seq: 0 })),
    );
    shell.settle(lease);
    expect(shell.state.counts).toMatchObject({ accepted: 4, delivered: 4, dead: 0 });
    expect([shell.letterKeys(), shell.state.replayed.size]).toEqual([[], 0]);
    shell.restart();
    recount(shell.state);
    expect(reportOf(shell.state)?.figures).toEqual({ accepted: 4, delivered: 4 });
  });

  it("that are refused again tell their story, over restarts", () => {
    const shell = new LetterShell();
    shell.die("a");
    for (let time = 1; time <= 7; time += 1) {
      shell.replay({ ordinals: [2] });
      if (time % 2 === 0) shell.restart();
      shell.now += 150_000;
      shell.refuse("too_large", `time ${time}`);
    }
    const [other, letter] = shell.show();
    expect(other).toMatchObject({ ordinal: 1, deaths: 1, earlier: [] });
    expect(letter).toMatchObject({ ordinal: 2, deaths: 8, reason: "too_large", message: "time 7" });
    expect(letter?.earlier.map(({ message }) => message)).toEqual(
      [2, 3, 4, 5, 6].map((time) => `time ${time}`),
    );
    recount(shell.state);
  });

  it("are replayed by reason and by number, and by nobody of another project", () => {
    const shell = new LetterShell();
    shell.die("a");
    shell.die("b", "out", "too_large");
    for (const foreign of [{ project: "pk-other" }, { project: "" }]) {
      expect(shell.show(foreign)).toEqual([]);
      expect(shell.replay(foreign)).toEqual({ ordinals: [], left: 0 });
      expect(shell.drop(foreign)).toEqual({ ordinals: [], left: 0 });
    }
    expect(shell.replay({ reason: "none" }).ordinals).toEqual([]);
    const large = shell.show({ reason: "too_large" }).map(({ ordinal }) => ordinal);
    expect(large.length).toBeGreaterThan(0);
    expect(shell.replay({ reason: "refused", ordinals: [2, ...large] }).ordinals).toEqual([2]);
    expect(shell.drop({ reason: "too_large" }).ordinals).toEqual(large);
    expect(shell.state.counts.dropped.get("deleted")).toBe(4);
    recount(shell.state);
  });

  it("are replayed in parts where all of them are too much for one call", () => {
    const shell = new LetterShell();
    for (const id of ["a", "b", "c"]) shell.die(id, LARGE);
    expect(3 * LARGE.length).toBeGreaterThan(MAX_REPLAY_SIZE);
    const first = shell.replay();
    expect(first.left).toBeGreaterThan(0);
    const second = shell.replay();
    expect(second.left).toBe(0);
    expect(first.ordinals.length + second.ordinals.length).toBe(shell.state.replayed.size);
  });

  it("expire one by one, each at its time, and the object after the last", () => {
    const shell = new LetterShell();
    shell.die("a");
    shell.now += DAY;
    shell.die("b");
    const [first, , second] = letterRefs(shell.state).map(({ at }) => at);
    const keep = 14 * DAY;
    const memory = { ...NO_MEMORY, announceFrom: Number.POSITIVE_INFINITY };
    expect(alarmAt(shell.state, memory)).toBe((first ?? 0) + keep);
    expect(expiryOf(shell.state)).toBe((second ?? 0) + keep);
    shell.now = (first ?? 0) + keep;
    expect(shell.again((now) => dropExpired(shell.state, keep, now)).ordinals).toEqual([1, 2]);
    expect(alarmAt(shell.state, memory)).toBe((second ?? 0) + keep);
    expect(letterRefs(shell.state).map(({ at }) => at)).toEqual([second, second]);
    expect(shell.letterKeys()).toHaveLength(2);
    shell.restart();
    expect(shell.state.counts.dropped.get("expired")).toBe(4);
    recount(shell.state);
  });

  it("that have expired wait for a ledger that is ill by its next try, and no longer than a day", () => {
    const shell = new LetterShell();
    shell.die("a");
    const keep = 14 * DAY;
    shell.now += keep;
    shell.again((now) => dropExpired(shell.state, keep, now));
    expect(needsAnnouncement(shell.state)).toBe(true);
    expect(expiryOf(shell.state)).toBeLessThan(shell.now);
    // An alarm that is set to the past rings at once, and finds nothing to do, again and again.
    const nextTry = shell.now + 30_000;
    expect(alarmAt(shell.state, { ...NO_MEMORY, announceFrom: nextTry })).toBe(nextTry);
    const never = { ...NO_MEMORY, announceFrom: Number.POSITIVE_INFINITY };
    expect(alarmAt(shell.state, never)).toBe(shell.now + DAY);
    expect(overAt(shell.state)).toBe(shell.now + DAY);
    shell.announce();
    expect(alarmAt(shell.state, never)).toBe(overAt(shell.state));
    expect(overAt(shell.state)).toBe(expiryOf(shell.state));
  });

  it("are as many as a session may keep; of more the oldest goes, counted", () => {
    const shell = new LetterShell();
    shell.append(
      ...Array.from({ length: MAX_DEAD_LETTERS + 2 }, (_, n) =>
        span("create", `e${n}`, { type: "event" }),
      ),
    );
    shell.now += 150_000;
    shell.refuse();
    expect(shell.letterKeys()).toHaveLength(MAX_DEAD_LETTERS);
    expect(shell.state.counts.dropped.get("dead_letter_overflow")).toBe(2);
    expect(letterRefs(shell.state)[0]?.ordinal).toBe(3);
  });

  it("go with a session that is deleted, and the ledger is to hear of it", () => {
    const shell = new LetterShell();
    shell.die("a");
    shell.replay({ ordinals: [2] });
    shell.announce();
    expect(needsAnnouncement(shell.state)).toBe(false);
    shell.again((now) => eraseSession(shell.state, NO_MEMORY, now));
    expect([shell.letterKeys(), letterRefs(shell.state)]).toEqual([[], []]);
    shell.restart();
    expect(needsAnnouncement(shell.state)).toBe(true);
    expect(reportOf(shell.state)?.figures).toEqual({ accepted: 4, "dropped:forgotten": 4 });
  });

  it("of which a delivery is reported after all were delivered", () => {
    const shell = new LetterShell();
    shell.append(trace("create"), span("create", "a"), span("end", "a"), trace("end"));
    shell.now += 150_000;
    const late = shell.lease() ?? never();
    shell.now += 150_000;
    shell.refuse();
    shell.settle(late);
    expect(shell.state.counts).toMatchObject({ delivered: 4, dead: 0, unknown: 0 });
    expect(shell.letterKeys()).toEqual([]);
    recount(shell.state);
  });
});

describe("what is stored of dead letters", () => {
  it("is written with the journal's line or not at all", () => {
    for (let failsAt = 1; failsAt <= 6; failsAt += 1) {
      const shell = new LetterShell();
      shell.append(trace("create"), span("create", "a"), span("end", "a"), trace("end"));
      shell.now += 150_000;
      const lease = shell.lease() ?? never();
      shell.storage.failsAt = shell.storage.writes + failsAt;
      shell.settle(lease, {
        delivered: [],
        dead: lease.records.map(({ ordinal }) => verdict(ordinal)),
      });
      shell.storage.failsAt = undefined;
      shell.restart();
      expect(shell.show().map(({ record }) => record)).toEqual(lease.records);
      shell.storage.failsAt = shell.storage.writes + failsAt;
      shell.replay();
      shell.storage.failsAt = undefined;
      shell.restart();
      shell.now += 150_000;
      expect(shell.lease()?.records).toHaveLength(2);
    }
  });

  it("is put in its place where the first release had it in its snapshot", () => {
    const shell = new LetterShell();
    const records = shell.die("a", LARGE);
    const snapshot = JSON.parse(writeSnapshot(shell.state)) as Record<string, unknown>;
    delete snapshot["books"];
    snapshot["deadLetters"] = records.map((record) => ({
      record,
      reason: "refused",
      message: "no",
      at: shell.now,
    }));
    for (const key of shell.storage.keys()) shell.storage.kv.delete(key);
    const text = `${FORMAT_VERSION}\nS${JSON.stringify(snapshot)}\n`;
    const chunks = text.match(/[^]{1,900000}/g) ?? [];
    for (const [n, chunk] of chunks.entries())
      shell.storage.kv.put(`journal/${String(n).padStart(8, "0")}`, chunk);
    shell.restart();
    expect(shell.letterKeys()).toEqual([]);
    expect(shell.show().map(({ record }) => record)).toEqual(records);
    expect(needsAnnouncement(shell.state)).toBe(true);
    shell.announce();
    expect(shell.letterKeys()).toHaveLength(4);
    shell.restart();
    expect(shell.show().map(({ record }) => record)).toEqual(records);
    expect(readSnapshot(writeSnapshot(shell.state))).toEqual(shell.state);
  });

  it("is put in its place where the first release settled it in its journal", () => {
    const shell = new LetterShell();
    const records = shell.die("a");
    // A release that knew of no such keys wrote the same journal.
    for (const key of shell.letterKeys()) shell.storage.kv.delete(key);
    const [snapshot] = shell.storage.kv.list<string>({ prefix: "journal/" });
    expect(snapshot?.[1]).toContain('S{"');
    const old = new LetterShell();
    old.append({ ...span("create", "open"), trace: "f".repeat(32) });
    const more = old.die("a");
    for (const key of old.letterKeys()) old.storage.kv.delete(key);
    old.restart();
    expect(old.show().map(({ record }) => record)).toEqual(more);
    old.append({ ...span("create", "open-2"), trace: "f".repeat(32) });
    expect(old.letterKeys()).toHaveLength(more.length);
    expect(records).toHaveLength(2);
  });

  it("outlives a journal that can't be read", () => {
    const shell = new LetterShell();
    const records = shell.die("a");
    shell.storage.kv.put("journal/00000000", "damaged");
    const { state, report } = new JournalStore(shell.storage).load(SETTINGS, shell.now);
    expect(report.unreadable).toBeDefined();
    shell.state = state;
    expect(state.deadLetters).toHaveLength(2);
    recount(state);
    expect(needsAnnouncement(state)).toBe(true);
    expect(records.map(({ ordinal }) => shell.read(ordinal)?.record)).toEqual(records);
  });

  it("that is lost is given up, counted, when somebody asks for it", () => {
    const shell = new LetterShell();
    shell.die("a");
    for (const key of shell.letterKeys().slice(1)) shell.storage.kv.delete(key);
    expect(shell.replay()).toEqual({ ordinals: [1], left: 0 });
    expect(shell.state.counts.dropped.get("unreadable")).toBe(2);
    recount(shell.state);
  });
});

describe("Langfuse's words in the log", () => {
  it.each([
    ['{"resourceSpans":[{"scopeSpans":[]}]}', true],
    ['{"batch":[{"id":"1"}]}', true],
    ["the span b8a11a8dfd990479 says jane@example.com", true],
    ["Invalid span at index 0", false],
  ])("%s is the request itself: %s", (words, echo) => {
    expect(isEcho(words, "b8a11a8dfd990479")).toBe(echo);
  });
});
