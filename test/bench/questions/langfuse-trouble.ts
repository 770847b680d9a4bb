import type { Latency, Pace } from "../load/plan.ts";
import { type Figure, question } from "../question.ts";
import { interleave, type Round } from "../rounds.ts";
import { ratioOf, spreadOf } from "../statistics.ts";

const LANGFUSES = { "0 ms": 0, "2 s": 2000, down: "down" } as const;
type Name = keyof typeof LANGFUSES;
const NAMES = Object.keys(LANGFUSES) as Name[];
const TURNS = { kind: "turns", turnsPerSession: 5 } as const;

type Raw = { rounds: Round<Name, Latency>[] };

export const langfuseTrouble = question<Raw>({
  name: "langfuse-trouble",
  question: "The same flush when Langfuse takes 2 s, or is down",
  goal: "p50 1.1 times, p99 1.25 times that of a fast Langfuse",
  meaning:
    "Each round starts a new edge for each Langfuse, so that what one leaves undelivered does not weigh on another. Down: it hangs up on each request. A flush is a promise of durability, so its time has no part that Langfuse could make longer; what differs is the machine's work of trying again.",
  async run(bench) {
    const pace: Pace = { kind: "open", perSecond: bench.pick(50, 20), seconds: bench.pick(5, 0.3) };
    const rounds = await interleave(bench.rounds, NAMES, async (name) => {
      const edge = await bench.variant("edge", { langfuse: LANGFUSES[name] });
      await bench.load(edge, TURNS, { ...pace, seconds: bench.pick(2.5, 0.2) });
      const { latency } = await bench.load(edge, TURNS, pace);
      await edge.stop();
      return latency;
    });
    return { rounds };
  },
  figures: ({ rounds }) => {
    const ratio = (name: Name, of: "p50" | "p99", atMost: number): Figure => ({
      label: `Langfuse ${name}, ${of}`,
      unit: "×",
      ...ratioOf(
        rounds,
        (round) => round[name][of],
        (round) => round["0 ms"][of],
      ),
      goal: { atMost },
    });
    return [
      ratio("2 s", "p50", 1.1),
      ratio("2 s", "p99", 1.25),
      ratio("down", "p50", 1.1),
      ratio("down", "p99", 1.25),
      ...NAMES.flatMap((name) =>
        (["p50", "p99"] as const).map((of) => ({
          label: `Langfuse ${name}, ${of}`,
          unit: "ms",
          ...spreadOf(rounds.map((round) => round[name][of])),
        })),
      ),
    ];
  },
});
