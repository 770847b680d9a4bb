// What the delivery part has of figures: Langfuse's own answers, and how much is alive. Pure.
import { RECORD_KINDS } from "../../protocol/record.ts";
import type { FiguresAnswer } from "../../protocol/figures/figures-answer.ts";
import type { DeliveryBody } from "../../protocol/figures/body/delivery.ts";
import { countDistinct } from "../sketch/distinct.ts";
import { distributionOf, quantiles } from "./distribution.ts";
import type { Steps } from "./speed.ts";

/** Answers with which Langfuse took what it could. */
const TAKEN: ReadonlySet<string> = new Set(["delivered", "partly"]);

export function langfuseBody(
  { langfuse, sessions, objects }: FiguresAnswer,
  steps: Steps,
): Pick<DeliveryBody, "langfuse" | "alive"> {
  return {
    langfuse: RECORD_KINDS.flatMap((kind) => {
      const cell = langfuse[kind];
      if (cell === undefined) return [];
      const each = steps.map((step) => step?.langfuse[kind]);
      const times = each.map((one) => one?.ms);
      return [
        {
          kind,
          requests: cell.ms.n,
          answers: cell.answers,
          latency: distributionOf(cell.ms),
          series: {
            requests: each.map((one) => one?.ms.n ?? 0),
            failed: each.map((one) => failedOf(one?.answers ?? {})),
            p50: quantiles(times, 0.5),
            p99: quantiles(times, 0.99),
          },
        },
      ];
    }),
    alive: { sessions: countDistinct(sessions), objects: countDistinct(objects) },
  };
}

function failedOf(answers: Readonly<Record<string, number>>): number {
  const failed = Object.entries(answers).filter(([answer]) => !TAKEN.has(answer));
  return failed.reduce((sum, [, count]) => sum + count, 0);
}
