// Hooks that say anything, consumers that die, evictions: every action ends in one outcome, and a record is sent the
// same each time.
import fc from "fast-check";
import { expect, it } from "vitest";
import type { Lease } from "../../../../src/protocol/session/lease-calls.ts";
import { balanceOf } from "../../../../src/protocol/books/figures.ts";
import { amendRecords } from "../../../../src/session/outbox/amend-records.ts";
import { reportOf } from "../../../../src/session/dead-letters/books.ts";
import { langfuseTraceId, rootObservationId } from "../../../../src/protocol/ids.ts";
import { complete } from "../spans/spanning.ts";
import { Shell } from "../shell.ts";
import { span, trace } from "../story.ts";

const verdictArb = fc.constantFrom("keep", "change", "drop", "fail");
const stepArb = fc.oneof(
  fc.record({ kind: fc.constant("turn" as const) }),
  fc.record({ kind: fc.constant("span" as const), dropped: fc.boolean() }),
  fc.record({
    kind: fc.constant("deliver" as const),
    verdicts: fc.array(verdictArb, { minLength: 1, maxLength: 4 }),
    ends: fc.constantFrom("delivered", "dies", "retry"),
    evicted: fc.boolean(),
  }),
  fc.record({ kind: fc.constant("restart" as const) }),
);

function turnOf(raw: string) {
  const id = langfuseTraceId(raw);
  const of = { trace: id, rawTrace: raw };
  const root = { ...of, target: rootObservationId(id) };
  return [
    { ...trace("create"), ...root },
    { ...span("create", `${raw}-a`), ...of },
    { ...span("end", `${raw}-a`), ...of },
    { ...trace("end"), ...root },
  ];
}

/** What the hook says of records that it has not seen; those that it failed on are dead then. */
function amend(shell: Shell, lease: Lease, verdicts: readonly string[]) {
  const said = {
    kept: [] as number[],
    changed: [] as [number, string][],
    dropped: [] as [number, string][],
  };
  const failed: number[] = [];
  for (const [index, { ordinal, seen }] of lease.records.entries()) {
    if (seen === true) continue;
    const verdict = verdicts[index % verdicts.length];
    if (verdict === "keep") said.kept.push(ordinal);
    else if (verdict === "change") said.changed.push([ordinal, `{"spanId":"${ordinal}"}`]);
    else if (verdict === "drop") said.dropped.push([ordinal, "hook:x"]);
    else failed.push(ordinal);
  }
  const { noted } = shell.again((now) =>
    amendRecords(shell.state, { lease: lease.id, ...said }, now),
  );
  expect(noted).toBe(true);
  const gone = new Set([...said.dropped.map(([ordinal]) => ordinal), ...failed]);
  for (const record of shell.state.outbox) {
    if (!shell.posted.has(record.id) || record.seen === true) {
      shell.posted.set(record.id, JSON.stringify({ ...record, seq: 0 }));
    }
  }
  return { left: lease.records.filter(({ ordinal }) => !gone.has(ordinal)), failed };
}

it("every action is accounted for, and nothing is sent in two ways", () => {
  fc.assert(
    fc.property(fc.array(stepArb, { minLength: 1, maxLength: 14 }), (steps) => {
      const shell = new Shell();
      /** What the hook said first of each record. */
      const first = new Map<number, string>();
      for (const [n, step] of steps.entries()) {
        if (step.kind === "turn") {
          shell.append(...turnOf(`ui2-${n}-x`));
        } else if (step.kind === "span") {
          const one = complete(n.toString(16).padStart(16, "0"));
          const dropped = { ...one, drop: "hook:y", name: "", span: "{}" };
          shell.appendSpans(step.dropped ? dropped : one);
        } else if (step.kind === "restart") shell.restart();
        else deliver(shell, step, first);
      }
      for (let times = 0; times < 4; times += 1) {
        const last = { verdicts: ["keep"], ends: "delivered", evicted: false };
        deliver(shell, last, first);
      }
      expect(shell.state.outbox).toEqual([]);
      const figures = reportOf(shell.state)?.figures ?? {};
      expect(balanceOf(figures)).toBe(0);
      expect(figures["accepted"] ?? 0).toBe(shell.accepted);
    }),
  );
});

function deliver(
  shell: Shell,
  { verdicts, ends, evicted }: { verdicts: string[]; ends: string; evicted: boolean },
  first: Map<number, string>,
): void {
  shell.now += 150_000;
  const lease = shell.lease();
  if (lease === undefined) return;
  for (const { ordinal, seen, amended } of lease.records) {
    if (seen !== true) continue;
    const text = amended ?? "as it is";
    expect(first.get(ordinal) ?? text).toBe(text);
    first.set(ordinal, text);
  }
  const { left, failed } = amend(shell, lease, verdicts);
  if (evicted) shell.restart();
  if (ends === "dies") return;
  const delivered = ends === "delivered" ? left.map(({ ordinal }) => ordinal) : [];
  const dead = failed.map((ordinal) => ({ ordinal, reason: "hook_failed", message: "no" }));
  const retry = ends === "retry" ? { retry: { reason: "unavailable" as const } } : {};
  shell.settle({ ...lease, records: left }, { delivered, dead, ...retry });
}
