// A hook's words are noted once and stand: over an eviction, a lease that ran out, another hook, a dead letter.
import { describe, expect, it } from "vitest";
import type { Amendment } from "../../../../src/protocol/hooks/amend-calls.ts";
import type { Lease } from "../../../../src/protocol/session/lease-calls.ts";
import { amendRecords } from "../../../../src/session/outbox/amend-records.ts";
import { reportOf } from "../../../../src/session/dead-letters/books.ts";
import { complete } from "../spans/spanning.ts";
import { Shell } from "../shell.ts";
import { span, trace } from "../story.ts";

const turn = [trace("create"), span("create", "a"), span("end", "a"), trace("end")];

function leased(shell: Shell): Lease {
  shell.now += 150_000;
  const lease = shell.lease();
  if (lease === undefined) throw new Error("nothing was leased");
  return lease;
}

function amend(shell: Shell, lease: Lease, said: Partial<Omit<Amendment, "lease">>): boolean {
  const amendment = { kept: [], changed: [], dropped: [], ...said, lease: lease.id };
  const { noted } = shell.again((now) => amendRecords(shell.state, amendment, now));
  // It comes before the post: what is posted from now on has to stay the same.
  for (const record of shell.state.outbox) {
    shell.posted.set(record.id, JSON.stringify({ ...record, seq: 0 }));
  }
  return noted;
}

const ordinals = ({ records }: Lease): number[] => records.map(({ ordinal }) => ordinal);

describe("amended records", () => {
  it("are sent as the hook made them, whichever instance lends them, and are not asked about again", () => {
    const shell = new Shell();
    shell.append(...turn);
    const first = leased(shell);
    const [root = 0, child = 0] = ordinals(first);
    expect(amend(shell, first, { kept: [root], changed: [[child, '{"spanId":"a"}']] })).toBe(true);
    shell.restart();
    const again = leased(shell);
    expect(again.records.map(({ seen, amended }) => [seen, amended])).toEqual([
      [true, undefined],
      [true, '{"spanId":"a"}'],
    ]);
    // Another hook, or the same one that says otherwise: too late.
    const posted = new Map(shell.posted);
    expect(amend(shell, again, { dropped: [[root, "hook:x"]], changed: [[child, "{}"]] })).toBe(
      true,
    );
    expect(shell.posted).toEqual(posted);
    expect(leased(shell).records.map(({ amended }) => amended)).toEqual([
      undefined,
      '{"spanId":"a"}',
    ]);
  });

  it("that are dropped leave the outbox, counted, and the books balance", () => {
    const shell = new Shell();
    shell.append(...turn);
    shell.appendSpans(complete("01"));
    const lease = leased(shell);
    const [first = 0, ...rest] = ordinals(lease);
    amend(shell, lease, { dropped: [[first, "hook:x"]], kept: rest });
    shell.restart();
    expect(shell.state.outbox.map(({ ordinal }) => ordinal)).toEqual(rest);
    const report = reportOf(shell.state);
    const { accepted = 0, pending = 0, ...figures } = report?.figures ?? {};
    expect(accepted).toBe(5);
    expect(figures["dropped:hook:x"]).toBeGreaterThan(0);
    expect(accepted - (figures["dropped:hook:x"] ?? 0)).toBe(pending);
    shell.deliver();
    expect(shell.state.outbox).toEqual([]);
  });

  it("are those of the lease that stands: nothing is noted of another", () => {
    const shell = new Shell();
    shell.append(...turn);
    const lease = leased(shell);
    expect(amend(shell, { ...lease, id: lease.id + 1 }, { dropped: [[1, "hook:x"]] })).toBe(false);
    expect(shell.state.outbox).toHaveLength(2);
  });
});

describe("actions and spans that were dropped before they were stored", () => {
  it("are counted once, however often they come, and leave nothing behind", () => {
    const shell = new Shell();
    const drop = "hook:internal";
    const send = () =>
      shell.appendSpans({ ...complete("01"), drop, name: "", span: "{}" }).map((one) => one.status);
    expect([send(), send()]).toEqual([["accepted"], ["repeat"]]);
    shell.restart();
    expect(send()).toEqual(["repeat"]);
    expect(shell.state.counts.dropped.get(drop)).toBe(1);
    expect([shell.state.outbox, shell.state.origins.size]).toEqual([[], 0]);
    expect(reportOf(shell.state)?.figures).toEqual({ accepted: 1, [`dropped:${drop}`]: 1 });
  });
});
