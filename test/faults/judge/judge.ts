// What was acknowledged beside what arrived, record by record. Pure. Each thing that it lets pass says why.
import { differencesOf } from "./differences.ts";
import { orderFaults } from "./order.ts";
import type { Copy, ExpectedRecord } from "../plan/records.ts";

/**
 * A good answer that left so long before a kill must have been settled. Sooner it may not: a runtime under load takes
 * a second to read it, and then tells the ledger and the session.
 */
export const SETTLE_MS = 3_000;

export interface Trial {
  /** Records of turns that were acknowledged to the last action. */
  expected: readonly ExpectedRecord[];
  /**
   * Keys of turns that were acknowledged in part: what comes of them is not judged, since a page that heard no answer
   * does not know what was taken.
   */
  open: ReadonlySet<string>;
  /** In the order taken. */
  copies: readonly Copy[];
  /** When the runtime was killed, epoch ms. */
  kills: readonly number[];
  /** Else `SETTLE_MS`. */
  settleMs?: number;
  /**
   * Keys of records that failed alone, or in a request that is split: others may overtake them, since a record that is
   * at fault by its content holds up nobody.
   */
  mayBePassed?: ReadonlySet<string>;
}

export interface Judgement {
  expected: number;
  arrived: number;
  /** Keys, or a text that tells more. */
  lost: string[];
  wrong: string[];
  /** Sent by nobody. */
  invented: string[];
  /**
   * Copies beyond the first: where the outcome of the one before could not be known, since no answer came, or who got
   * it was killed before it was settled; a scenario bounds how many …
   */
  twice: number;
  /** … and where it was known, for which there is no excuse. */
  needless: string[];
  /** Copies that differ from the first. */
  differing: string[];
  outOfOrder: string[];
  /** Guilty records that Langfuse took, once the cause was mended; none is lost that it did not. */
  guiltyTaken: number;
}

export function judge(trial: Trial): Judgement {
  const { expected, open, copies, kills, mayBePassed, settleMs = SETTLE_MS } = trial;
  const byKey = new Map(expected.map((record) => [record.key, record]));
  const arrived = new Map<string, Copy[]>();
  for (const copy of copies) arrived.set(copy.key, [...(arrived.get(copy.key) ?? []), copy]);
  const innocent = expected.filter(({ guilty }) => guilty === undefined);
  const judgement: Judgement = {
    expected: innocent.length,
    arrived: innocent.filter(({ key }) => arrived.has(key)).length,
    lost: innocent.filter(({ key }) => !arrived.has(key)).map(nameOf),
    wrong: [],
    invented: [],
    twice: 0,
    needless: [],
    differing: [],
    outOfOrder: orderFaults(expected, copies, mayBePassed ?? new Set()),
    guiltyTaken: expected.filter(({ key, guilty }) => guilty && arrived.has(key)).length,
  };
  for (const [key, [first, ...more]] of arrived) {
    const record = byKey.get(key);
    if (first === undefined) continue;
    if (record === undefined) {
      if (!open.has(key)) judgement.invented.push(`${key} ${String(first.facts["name"])}`);
    } else {
      const differences = differencesOf(record, first.facts);
      if (differences.length > 0) {
        judgement.wrong.push(`${nameOf(record)}: ${differences.join(", ")}`);
      }
    }
    judgement.twice += more.length;
    const name = record === undefined ? key : nameOf(record);
    if (more.some(({ text }) => text !== first.text)) judgement.differing.push(name);
    const known = [first, ...more].findIndex((copy) => wasSettled(copy, kills, settleMs));
    if (known !== -1 && known < more.length) judgement.needless.push(name);
  }
  return judgement;
}

/** Whether the edge must have known, and kept, that Langfuse had it. */
function wasSettled({ at, answeredAt }: Copy, kills: readonly number[], settleMs: number): boolean {
  if (answeredAt === undefined) return false;
  return !kills.some((kill) => kill >= at && kill <= answeredAt + settleMs);
}

const nameOf = ({ session, turn, kind, facts, key }: ExpectedRecord): string =>
  `${session}/${turn} ${kind} ${String(facts["name"])} (${key})`;
