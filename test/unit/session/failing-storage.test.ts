// A storage that fails, at each write in turn: what was answered is kept, and what was settled is not
// sent again. The object's shell ends an instance whose write failed; another one loads what is stored.
import { describe, expect, it } from "vitest";
import type { AppendAnswer, Lease } from "../../../src/protocol/session-calls.ts";
import { advance } from "../../../src/session/advance.ts";
import { MAX_JOURNAL_LENGTH, MEMORY_MS } from "../../../src/session/bounds.ts";
import { Keeper } from "../../../src/session/keeper.ts";
import { timeOf } from "../../../src/session/lease.ts";
import { announce, lend, settleUp } from "../../../src/session/lending.ts";
import { expiryOf, type Known } from "../../../src/session/schedule.ts";
import type { SessionState } from "../../../src/session/state.ts";
import type { Step } from "../../../src/session/step.ts";
import { takeIn } from "../../../src/session/take-in.ts";
import { NOW } from "./arbitrary.ts";
import { MemoryStorage } from "./memory-storage.ts";
import { span, trace } from "./story.ts";
import { SETTINGS, TERMS } from "./support.ts";

/** An object as its shell runs it, over a storage that may fail. */
class Shell {
  readonly storage = new MemoryStorage();
  now = NOW;
  state: SessionState;
  #keeper: Keeper;
  #known: Known = { claimedUntil: 0 };
  #seq = 0;
  accepted = 0;
  /** How often each record was posted, and which were settled in a call that was answered. */
  readonly posted = new Map<string, number>();
  readonly settled = new Set<string>();

  constructor() {
    this.#keeper = new Keeper(this.storage);
    this.state = this.#keeper.load(SETTINGS, this.now).state;
  }

  restart(): void {
    this.#keeper = new Keeper(this.storage);
    this.state = this.#keeper.load(SETTINGS, this.now).state;
    this.#known = { claimedUntil: 0 };
  }

  /** Sends the same request until it is answered, as a page does. */
  append(...changes: ReturnType<typeof span>[]): void {
    const actions = changes.map((change) => ({ seq: (this.#seq += 1), change }));
    const request = { project: "pk", writer: "server" as const, clientId: "tab", actions };
    const full: AppendAnswer = { results: [], pending: 0, onTheirWay: 0 };
    const { results } = this.again((now) =>
      this.#keeper.isFull(this.state)
        ? { answer: full, entries: [] }
        : takeIn(this.state, request, TERMS, now),
    );
    this.accepted += results.length;
  }

  /** A consumer that comes when it may, posts, and settles; twice where the first answer is missing. */
  deliver(maxBytes = 1_000_000): void {
    this.now += 150_000;
    const { lease } = this.again((now) => lend(this.state, this.#known, { maxBytes }, now));
    if (lease === undefined) return;
    this.#post(lease);
    const delivered = lease.records.map(({ ordinal }) => ordinal);
    const settlement = { lease: lease.id, delivered, dead: [] };
    this.again((now) => settleUp(this.state, this.#known, settlement, undefined, now));
    for (const { id } of lease.records) this.settled.add(id);
  }

  alarm(): void {
    advance(this.state, timeOf(this.state, this.#known.reservation, this.now));
    if ((expiryOf(this.state) ?? Number.POSITIVE_INFINITY) > this.now) return;
    try {
      this.storage.deleteAll();
    } catch {
      this.restart();
      this.storage.deleteAll();
    }
    this.restart();
  }

  again<Answer>(step: (now: number) => Step<Answer>): Answer {
    try {
      return this.#make(step);
    } catch {
      this.restart();
      return this.#make(step);
    }
  }

  #make<Answer>(step: (now: number) => Step<Answer>): Answer {
    const now = timeOf(this.state, this.#known.reservation, this.now);
    const { answer, entries } = step(now);
    const announced = entries.length > 0 && announce(this.state, this.#known, now);
    if (announced) entries.push(announced);
    if (entries.length > 0) this.#keeper.keep(this.state, entries);
    return answer;
  }

  #post({ records }: Lease): void {
    for (const { id } of records) {
      expect(this.settled, "sent again").not.toContain(id);
      this.posted.set(id, (this.posted.get(id) ?? 0) + 1);
    }
  }
}

/** Everything that a session can go through; ends with nothing pending. */
function story(shell: Shell): void {
  const text = "x".repeat(200_000);
  shell.append(trace("create"), span("create", "a"));
  shell.append(span("end", "a"), span("create", "large", { fields: { input: text } }));
  shell.append(span("create", "larger", { type: "event", fields: { input: text.repeat(6) } }));
  shell.deliver(1);
  shell.append(span("end", "large"), trace("end"));
  shell.deliver(1);
  shell.deliver();
  shell.append(span("update", "a", { fields: { output: "late" } }));
  shell.deliver();
  // More than a session holds: what is delivered has left, and the journal is rewritten for room.
  for (let n = 0; n < 4; n += 1) {
    const fields = { input: text.repeat(15) };
    shell.append(span("create", `big-${n}`, { type: "event", fields }));
    if (n < 2) shell.deliver();
  }
  shell.deliver();
  shell.deliver();
}

describe("a storage that fails at any write", () => {
  const calm = new Shell();
  story(calm);
  const writes = calm.storage.writes;

  it("is written to by everything that the story is about", () => {
    expect(writes).toBeGreaterThan(20);
    expect(calm.settled.size).toBe(9);
  });

  it("loses nothing that was accepted, and sends nothing again that was settled", () => {
    for (let at = 1; at <= writes; at += 1) {
      const shell = new Shell();
      shell.storage.failsAt = at;
      story(shell);
      shell.restart();
      const { counts } = shell.state;
      expect([at, counts.accepted, counts.delivered]).toEqual([at, shell.accepted, shell.accepted]);
      expect([...shell.posted.keys()].toSorted()).toEqual([...calm.posted.keys()].toSorted());
      shell.now += MEMORY_MS;
      shell.alarm();
      expect(shell.storage.keys()).toEqual([]);
    }
  });

  it("keeps a full session's journal while that is rewritten to make room", () => {
    const fill = (shell: Shell): number => {
      const text = "x".repeat(1_000_000);
      shell.append(trace("create"));
      for (let n = 0; n <= MAX_JOURNAL_LENGTH / text.length; n += 1) {
        shell.append(span("create", `s-${n}`, { type: "event", fields: { output: text } }));
      }
      return shell.storage.writes;
    };
    const calm = new Shell();
    const before = fill(calm);
    calm.append(span("create", "refused"));
    const rewritten = calm.storage.writes;
    expect(rewritten - before).toBeGreaterThan(10);
    for (let at = before + 1; at <= rewritten + 3; at += 1) {
      const shell = new Shell();
      shell.storage.failsAt = at;
      fill(shell);
      shell.append(span("create", "refused"));
      shell.deliver();
      for (let more = 0; more < 5; more += 1) shell.append(span("create", `more-${more}`));
      shell.restart();
      expect([at, shell.state.counts.accepted]).toEqual([at, shell.accepted]);
    }
  });
});
