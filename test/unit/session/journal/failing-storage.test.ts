// A storage that fails, at each write in turn: what was answered is kept, and what was settled is not
// sent again.
import { describe, expect, it } from "vitest";
import { MAX_JOURNAL_LENGTH, MEMORY_MS } from "../../../../src/session/bounds.ts";
import { JournalStore } from "../../../../src/session/journal/journal-store.ts";
import { Shell } from "../shell.ts";
import { span, trace } from "../story.ts";
import { SETTINGS } from "../support.ts";

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

  it("and cannot be read for a moment leaves the journal where it is", () => {
    const shell = new Shell();
    shell.append(trace("create"), span("create", "a", { fields: { input: "x".repeat(70_000) } }));
    shell.append(span("end", "a"), trace("end"));
    const keys = shell.storage.keys();
    expect(keys.length).toBeGreaterThan(1);
    for (let after = 0; after < keys.length; after += 1) {
      shell.storage.readFailsAfter = after;
      // Whoever asked asks again; nothing says that the journal is damaged.
      expect(() => new JournalStore(shell.storage).load(SETTINGS, shell.now)).toThrow("internal");
      expect(shell.storage.keys()).toEqual(keys);
    }
    shell.restart();
    expect(shell.state.counts.accepted).toBe(4);
  });
});
