// What came of one run, and what of it is broken. Pure.
import type { Books } from "../judge/books.ts";
import type { Judgement } from "../judge/judge.ts";

export interface Result {
  scenario: string;
  variant: string;
  seed: number;
  /** Fingerprint of the clients and faults that the seed planned. */
  plan: string;
  turns: number;
  /** Acknowledged. */
  actions: number;
  refused: string[];
  slowestMs: number;
  kills: number;
  judgement: Judgement;
  requests: number;
  mostASecond: number;
  /** Langfuse's answers, counted. */
  replies: Record<string, number>;
  /** What the edge itself says is left, and dead. */
  pending: number;
  dead: number;
  health: string;
  /** `GET /api/langfuse/outcomes`; absent from reports that were kept before it was asked. */
  books?: Books;
  wallMs: number;
  /** The scenario's own. */
  figures: Record<string, number | string>;
  /** What the scenario itself says must not be. */
  told: string[];
  /** Bounds of time, and of how often, that were broken; absent from reports that were kept before. */
  late?: string[];
  /** The edge's log, for whoever looks for the cause. */
  log: string[];
  /** What happened to sessions in which something is broken. */
  story: string[];
}

const EXAMPLES = 3;

/** Everything that must not be, in words; empty where all is well. */
export const brokenIn = (
  result: Pick<Result, "judgement" | "refused" | "told" | "pending" | "late">,
): string[] => [...untrueIn(result), ...(result.late ?? [])];

/** Of that, what must not be on any machine, however busy. */
export function untrueIn({
  judgement,
  refused,
  told,
  pending,
}: Pick<Result, "judgement" | "refused" | "told" | "pending">): string[] {
  const { lost, wrong, invented, needless, differing, outOfOrder } = judgement;
  const kinds: [string, readonly string[]][] = [
    ["acknowledged and lost", lost],
    ["wrong", wrong],
    ["sent by nobody", invented],
    ["twice though it was settled", needless],
    ["twice with other content", differing],
    ["out of order", outOfOrder],
    ["refused at the door", refused],
  ];
  const found = kinds
    .filter(([, some]) => some.length > 0)
    .map(([kind, some]) => `${some.length} ${kind}: ${some.slice(0, EXAMPLES).join("; ")}`);
  // The edge's own books: all arrived, and it does not know.
  const unsettled = pending === 0 ? [] : [`${pending} still pending by the edge's own count`];
  return [...found, ...unsettled, ...told];
}
