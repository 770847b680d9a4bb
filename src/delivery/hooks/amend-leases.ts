// Leased records pass the Worker's own `beforeDelivery`, and their objects note what it said, before any of them
// is posted. A lease whose object did not note it is left alone: it runs out, and its records are lent again.
import { describeError, type logEvent } from "../../log.ts";
import type { AmendAnswer, AmendCalls, Amendment } from "../../protocol/hooks/amend-calls.ts";
import type { SealedRecord } from "../../protocol/record.ts";
import type { DeadVerdict } from "../../protocol/session/settle-calls.ts";
import type { Lease } from "../../protocol/session/lease-calls.ts";
import { CALLS_AT_ONCE, type Held } from "../lease-objects.ts";
import { inParallel } from "../in-parallel.ts";

export interface Amending {
  hook: (
    records: readonly SealedRecord[],
    publicKey: string,
  ) => Promise<Omit<Amendment, "lease"> & { failed: DeadVerdict[]; left?: DeadVerdict[] }>;
  sessionById: (objectId: string) => AmendCalls;
}

export interface AmendedLeases {
  /** Without the records that were dropped or that the hook failed on. */
  held: Held[];
  /** Records that the hook failed on, by place of their lease in `held`. */
  failed: { lease: number; verdict: DeadVerdict }[];
  /** The platform's words where the hook could not judge all, since the invocation may make no more requests. */
  unsent?: string;
}

/**
 * @param isUnderWay the pass has made requests before. Where it has not, and the hook judged nothing, the hook alone
 *   needs more than an invocation may make: its records would be left for ever, and are dead instead
 */
export async function amendLeases(
  given: readonly Held[],
  publicKey: string,
  amending: Amending,
  log: typeof logEvent,
  isUnderWay: boolean,
): Promise<AmendedLeases> {
  const done: { held: Held; failed: DeadVerdict[]; left: DeadVerdict[] }[] = [];
  let mayLeave = isUnderWay;
  await inParallel(given, CALLS_AT_ONCE, async ({ object, lease }) => {
    const unseen = lease.records.filter(
      ({ seen, sampledOut }) => seen !== true && sampledOut !== true,
    );
    const { failed, left = [], ...said } = await amending.hook(unseen, publicKey);
    const { noted, report } = await note(object, { lease: lease.id, ...said }, amending, log);
    if (!noted) return;
    mayLeave ||= said.kept.length + said.changed.length + said.dropped.length > 0;
    const without = ordinalsOf([...failed, ...left]);
    const out = new Set([...said.dropped.map(([ordinal]) => ordinal), ...without]);
    const amended = withTexts(lease, said.changed, out);
    done.push({ held: { object, lease: { ...amended, ...(report && { report }) } }, failed, left });
  });
  const unjudged = done.flatMap(({ left }) => left);
  const [unsent] = mayLeave ? unjudged : [];
  for (const { message } of mayLeave ? [] : unjudged) {
    log("error", "hook_failed", { hook: "beforeDelivery", error: message });
  }
  return {
    held: done.map(({ held }) => held),
    failed: done.flatMap(({ failed, left }, lease) => {
      const dead = mayLeave ? failed : [...failed, ...left];
      return dead.map((verdict) => ({ lease, verdict }));
    }),
    ...(unsent && { unsent: unsent.message }),
  };
}

async function note(
  object: string,
  amendment: Amendment,
  { sessionById }: Amending,
  log: typeof logEvent,
): Promise<AmendAnswer> {
  const { kept, changed, dropped } = amendment;
  if (kept.length + changed.length + dropped.length === 0) return { noted: true };
  try {
    const answer = await sessionById(object).amend(amendment);
    if (!answer.noted) log("warn", "amend_failed", { object, error: "the lease is over" });
    return answer;
  } catch (error) {
    log("warn", "amend_failed", { object, error: describeError(error) });
    return { noted: false };
  }
}

function withTexts(lease: Lease, changed: Amendment["changed"], out: ReadonlySet<number>): Lease {
  const texts = new Map(changed);
  const records = lease.records
    .filter(({ ordinal }) => !out.has(ordinal))
    .map((record) => {
      const amended = texts.get(record.ordinal);
      return amended === undefined ? record : { ...record, amended };
    });
  return { ...lease, records };
}

function ordinalsOf(verdicts: readonly DeadVerdict[]): number[] {
  return verdicts.map(({ ordinal }) => ordinal);
}
