// When the alarm is needed for the books alone: of a session that has fallen silent, and of one whose end waits for a
// ledger that does not answer.
import { expect, it } from "vitest";
import { MEMORY_MS, SILENT_REPORT_MS } from "../../../../src/session/bounds.ts";
import {
  isAllTold,
  needsAnnouncement,
  ownReportOf,
} from "../../../../src/session/dead-letters/books.ts";
import { announced } from "../../../../src/session/dead-letters/letter-calls.ts";
import { alarmAt } from "../../../../src/session/deadlines/alarm-time.ts";
import { amendRecords } from "../../../../src/session/outbox/amend-records.ts";
import { Shell } from "../shell.ts";
import { span, trace } from "../story.ts";

const NO_MEMORY = { claimPendingUntil: 0 };

it("rings where a session that holds something has been silent for long, unless the ledger has it", () => {
  const shell = new Shell();
  shell.append(trace("create"), span("create", "a"));
  const silentAt = shell.now + SILENT_REPORT_MS;
  expect(alarmAt(shell.state, NO_MEMORY)).toBe(silentAt);
  shell.now = silentAt;
  shell.alarm();
  expect(alarmAt(shell.state, NO_MEMORY)).toBeGreaterThan(silentAt);
  shell.append(span("update", "a"));
  expect(alarmAt(shell.state, NO_MEMORY)).toBe(shell.now + SILENT_REPORT_MS);
  shell.announce();
  expect(alarmAt(shell.state, NO_MEMORY)).toBeGreaterThan(shell.now + SILENT_REPORT_MS);
});

it("waits with the end of a session that a dead consumer left untold for the ledger's next chance", () => {
  const shell = new Shell();
  shell.append(trace("create"), trace("end"));
  shell.now += 1_000;
  const lease = shell.lease();
  if (lease === undefined) throw new Error("it was sealed");
  const dropped = lease.records.map(({ ordinal }): [number, string] => [ordinal, "hook:private"]);
  const amendment = { lease: lease.id, kept: [], changed: [], dropped };
  // The hook gave up all of it, and the consumer settled nothing more.
  shell.again((now) => amendRecords(shell.state, amendment, now));
  shell.now += MEMORY_MS + 1_000;
  const announceFrom = shell.now + 30_000;
  expect(alarmAt(shell.state, { ...NO_MEMORY, announceFrom })).toBe(announceFrom);
  shell.announce();
  expect(alarmAt(shell.state, { ...NO_MEMORY, announceFrom })).toBeLessThan(shell.now);
});

it("tells the ledger once of figures that do not add up, and not each moment of the object's last day", () => {
  const shell = new Shell();
  shell.append(trace("create"), trace("end"));
  shell.now += 1_000;
  const lease = shell.lease();
  if (lease === undefined) throw new Error("it was sealed");
  shell.settle(lease);
  // An action that is nowhere any more, as of a journal with entries that this version does not know.
  shell.state.counts.accepted += 1;
  shell.now += MEMORY_MS + 1_000;
  const report = ownReportOf(shell.state);
  if (report === undefined) throw new Error("it has had something");
  announced(shell.state, shell.state.books.letters, report, shell.now);
  expect(needsAnnouncement(shell.state)).toBe(false);
  expect(isAllTold(shell.state)).toBe(true);
});
