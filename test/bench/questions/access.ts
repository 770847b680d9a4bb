import type { Variant } from "../bench.ts";
import type { Latency, Pace } from "../load/plan.ts";
import { question } from "../question.ts";
import { interleave, type Round } from "../rounds.ts";
import { ratioOf, spreadOf } from "../statistics.ts";

const VARIANTS = { token: "edge", open: "edge-open" } as const;
type Name = keyof typeof VARIANTS;
const NAMES = Object.keys(VARIANTS) as Name[];
const TURNS = { kind: "turns", turnsPerSession: 1 } as const;

type Raw = { rounds: Round<Name, Latency>[] };

export const access = question<Raw>({
  name: "access",
  question: "What a verified token costs, against an edge that is open to all",
  goal: "told, not judged",
  meaning:
    "The paced flush with one turn a session, so that each token is new to the edge and has to be verified; an isolate remembers it afterwards.",
  async run(bench) {
    const pace: Pace = { kind: "open", perSecond: bench.pick(50, 20), seconds: bench.pick(5, 0.3) };
    const variants = new Map<Name, Variant>();
    for (const name of NAMES) {
      const variant = await bench.variant(VARIANTS[name]);
      variants.set(name, variant);
      await bench.load(variant, TURNS, { ...pace, seconds: bench.pick(3, 0.2) });
    }
    const rounds = await interleave(bench.rounds, NAMES, async (name) => {
      const { latency } = await bench.load(variants.get(name) as Variant, TURNS, pace);
      return latency;
    });
    return { rounds };
  },
  figures: ({ rounds }) => [
    ...(["p50", "p99"] as const).map((of) => ({
      label: `${of}, token to open`,
      unit: "×",
      ...ratioOf(
        rounds,
        (round) => round.token[of],
        (round) => round.open[of],
      ),
    })),
    ...NAMES.map((name) => ({
      label: `${name} p50`,
      unit: "ms",
      ...spreadOf(rounds.map((round) => round[name].p50)),
    })),
  ],
});
