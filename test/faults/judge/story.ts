// What happened to the sessions in which something is broken, line by line, for whoever looks for the cause.
// Pure.
import type { Judgement } from "./judge.ts";
import type { PlannedSession } from "../plan/plan.ts";
import type { Copy, ExpectedRecord } from "../plan/records.ts";

export interface Events {
  plan: readonly PlannedSession[];
  /** When each trace was wholly acknowledged, epoch ms. */
  whole: ReadonlyMap<string, number>;
  copies: readonly Copy[];
  kills: readonly number[];
}

const MOST_SESSIONS = 5;

/** Of the first few sessions that the judgement names. */
export function storyOf(judgement: Judgement, { plan, whole, copies, kills }: Events): string[] {
  const { lost, wrong, needless, differing, outOfOrder } = judgement;
  const named = [...outOfOrder, ...lost, ...wrong, ...needless, ...differing];
  const sessions = new Set(named.map((text) => text.slice(0, text.indexOf("/"))));
  return plan
    .filter(({ session }) => sessions.has(session))
    .slice(0, MOST_SESSIONS)
    .flatMap(({ session, turns }) => {
      const records = new Map(turns.flatMap((one) => one.records).map((one) => [one.key, one]));
      const lines: [at: number, text: string][] = [
        ...kills.map((at): [number, string] => [at, "kill"]),
        ...turns.flatMap(({ traceId }): [number, string][] => {
          const at = whole.get(traceId);
          return at === undefined ? [] : [[at, `${traceId} acknowledged`]];
        }),
        ...copies.flatMap((copy): [number, string][] => {
          const record = records.get(copy.key);
          return record === undefined ? [] : [[copy.at, copyText(record, copy)]];
        }),
      ];
      const sorted = lines.toSorted(([a], [b]) => a - b);
      const shown = sorted.map(([at, text]) => `${new Date(at).toISOString()} ${text}`);
      return [`session ${session}`, ...shown];
    });
}

function copyText({ turn, facts }: ExpectedRecord, { at, answeredAt }: Copy): string {
  const answer = answeredAt === undefined ? "no answer" : `answered after ${answeredAt - at} ms`;
  return `turn ${turn} ${String(facts["name"])} taken, ${answer}`;
}
