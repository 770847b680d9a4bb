// The story of the golden journal (journal-golden.json): one that crosses every rule that is pinned,
// each at a figure of its own. The file is what the first released format wrote and never changes; a
// new format brings a step that reads it.
import type { SealedRecord } from "../../../../src/protocol/record.ts";
import type { Entry } from "../../../../src/session/journal/entries.ts";
import { snapshotLine } from "../../../../src/session/journal/rebuild.ts";
import type { Rules } from "../../../../src/session/assembly/rules.ts";
import { NOW } from "../arbitrary.ts";
import { span, trace } from "../story.ts";
import { fresh, journalled } from "../support.ts";

export const GOLDEN_RULES: Rules = {
  graceMs: 200,
  gapWaitMs: 1_000,
  lateWaitMs: 1_500,
  clockToleranceMs: 2_000,
  flushSize: 900,
  maxDraftSize: 600,
  flushAt: 3,
  flushIntervalMs: 20_000,
  traceIdleMs: 30_000,
  openObservationIdleMs: 90_000,
  environment: "golden",
};

interface Golden {
  lines: string[];
  snapshot: string;
  outbox: SealedRecord[];
  counts: { accepted: number; delivered: number; dead: number; unknown: number };
}

/** The story, as this version tells it. */
export function goldenJournal(): Golden {
  const state = fresh(GOLDEN_RULES);
  const lines: string[] = [];
  const write = (entry: Entry): void => journalled(state, lines, entry);
  const send = (
    t: number,
    seq: number,
    change: ReturnType<typeof span>,
    more: { at?: number; sentAt?: number; clientId?: string } = {},
  ): void => {
    const { at = NOW + t, clientId = "tab", sentAt } = more;
    const arrival = {
      writer: "browser" as const,
      clientId,
      ...(sentAt !== undefined && { sentAt }),
      actions: [{ seq, at, change }],
    };
    write({ k: "append", t: NOW + t, arrival });
  };
  const settle = (t: number, dead: number[] = []): void => {
    const last = state.outbox.at(-1);
    if (last === undefined) return;
    const until = NOW + t + 40_000;
    write({ k: "lease", t: NOW + t, upTo: last.seq, until });
    const delivered = state.outbox
      .map(({ ordinal }) => ordinal)
      .filter((ordinal) => !dead.includes(ordinal));
    const verdicts = dead.map((ordinal) => ({ ordinal, reason: "refused", message: "no" }));
    const outcome = { lease: state.leases, delivered, dead: verdicts };
    write({ k: "settle", t: NOW + t + 1, settle: outcome });
  };
  const output = (length: number) => ({ fields: { output: "x".repeat(length) } });

  write({ k: "settings", t: NOW, project: "pk-golden", settings: GOLDEN_RULES });
  // A turn with a straggler within its grace, and one beyond it.
  send(0, 1, trace("create", { metadata: [["plan", "pro"]] }));
  send(10, 2, span("create", "a", { fields: { name: "a" } }));
  send(20, 3, span("end", "a"));
  send(30, 4, trace("end"));
  send(150, 5, span("update", "a", output(10)));
  send(240, 6, span("update", "a", output(20)));
  settle(400);
  // The late one goes out after its wait; a number is missing, and another one comes in time.
  send(2_000, 7, span("create", "b", { type: "event", ...output(5) }));
  send(2_010, 9, span("create", "c", { type: "event", ...output(6) }));
  send(2_500, 8, span("create", "d", { type: "event", ...output(7) }));
  settle(2_600);
  send(3_000, 11, span("create", "e", { type: "event" }));
  send(3_100, 12, span("create", "f", { type: "event" }));
  send(3_200, 13, span("create", "g", { type: "event" }));
  settle(4_500);
  // Large: by itself too large for a record, together enough to be sealed at once.
  const large = (id: string, length: number) => ({
    ...span("create", id, { type: "event", ...output(length) }),
    trace: "f".repeat(32),
  });
  send(5_000, 14, large("large", 700));
  send(5_010, 15, large("large-2", 590));
  send(5_020, 16, large("large-3", 590));
  settle(
    5_600,
    state.outbox.slice(0, 1).map(({ ordinal }) => ordinal),
  );
  // A clock that is off, and a moment ahead of the edge's.
  const behind = { clientId: "slow", at: NOW + 6_000 - 3_000, sentAt: NOW + 6_000 - 3_000 };
  send(6_000, 1, span("create", "slow", { fields: { startTime: NOW + 3_000 } }), behind);
  send(6_100, 17, span("end", "slow"), { at: NOW + 60_000 });
  write({ k: "reserve", t: NOW + 6_100, by: NOW + 27_000, until: NOW + 60_000 });
  // Never ended, but for what is sealed on the way.
  send(30_000, 18, span("create", "open"));
  send(130_000, 19, span("create", "open-2"));
  const { accepted, delivered, dead, unknown } = state.counts;
  return {
    lines,
    snapshot: snapshotLine(state),
    outbox: state.outbox,
    counts: { accepted, delivered, dead, unknown },
  };
}
