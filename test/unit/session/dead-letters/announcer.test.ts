// The calls by which an object tells its project's ledger, where the ledger does not answer.
import { expect, it } from "vitest";
import { Announcer } from "../../../../src/session/dead-letters/announcer.ts";
import { ANNOUNCE_MAX_WAIT_MS } from "../../../../src/session/bounds.ts";
import { announced } from "../../../../src/session/dead-letters/letter-calls.ts";
import { Shell } from "../shell.ts";
import { trace } from "../story.ts";

/** A session whose ledger is to hear of it. */
function untold() {
  const shell = new Shell();
  shell.append(trace("create"));
  shell.state.books = { ...shell.state.books, letters: 1, changedAt: shell.now };
  const calls: { answer: () => void }[] = [];
  const announcer = new Announcer({
    object: "o",
    ledger: () => ({
      announce: () =>
        new Promise((resolve) => calls.push({ answer: () => resolve({ known: true }) })),
      take: async () => undefined,
    }),
    memory: shell.memory,
    state: () => shell.state,
    announced: (letters, report) =>
      void shell.again((now) => announced(shell.state, letters, report, now)),
    now: () => shell.now,
  });
  return { shell, calls, announcer };
}

it("are made again where one hangs, at growing intervals, whoever asks", () => {
  const { shell, calls, announcer } = untold();
  const hour = ANNOUNCE_MAX_WAIT_MS;
  for (const began = shell.now; shell.now < began + 3 * hour;) {
    void announcer.announce();
    // The alarm is set to it: one in the past would run again at once, for as long as the ledger hangs.
    expect(shell.memory.announceFrom).toBeGreaterThan(shell.now);
    shell.now = Math.min(shell.memory.announceFrom ?? Infinity, shell.now + hour);
  }
  expect(calls.length).toBeGreaterThan(5);
  expect(calls.length).toBeLessThan(15);
  void announcer.announceAgain();
  void announcer.announceAgain();
  expect(calls.length).toBeLessThan(16);
});

it("count once though two of them are answered", async () => {
  const { shell, calls, announcer } = untold();
  const first = announcer.announce();
  shell.now += ANNOUNCE_MAX_WAIT_MS;
  const second = announcer.announce();
  expect(calls).toHaveLength(2);
  for (const { answer } of calls) answer();
  await Promise.all([first, second]);
  const { letters, announced: known } = shell.state.books;
  expect(known).toBe(letters);
  expect(announcer.announce()).toBeUndefined();
});
