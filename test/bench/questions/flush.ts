import type { Variant } from "../bench.ts";
import type { Latency, Pace } from "../load/plan.ts";
import { type Figure, question } from "../question.ts";
import { interleave, type Round } from "../rounds.ts";
import { ratioOf, spreadOf } from "../statistics.ts";

const VARIANTS = {
  floor: { variant: "floor", langfuse: 0 },
  edge: { variant: "edge", langfuse: 0 },
  naive: { variant: "naive", langfuse: 0 },
  "pass-through": { variant: "pass-through", langfuse: 50 },
  seed: { variant: "seed", langfuse: 50 },
} as const;
type Name = keyof typeof VARIANTS;
const NAMES = Object.keys(VARIANTS) as Name[];
const TURNS = { kind: "turns", turnsPerSession: 5 } as const;

type Raw = { perSecond: number; rounds: Round<Name, Latency>[] };

export const flush = question<Raw>({
  name: "flush",
  question: "The flush before the chat request, at a paced load well under saturation",
  goal: "p50 1.3 times the floor, p99 2 times",
  meaning:
    "How long the library's request before the chat request takes, its four actions and the flush: the least that keeping them durably can cost on this runtime is the floor. Turns of two requests arrive at a fixed rate whatever the answers take, in sessions of five turns, and are delivered meanwhile. The pass-through and the seed's server wait for a Langfuse that takes 50 ms. On Cloudflare each durable write is confirmed by other machines; it takes longer there for all, and the ratio is smaller.",
  async run(bench) {
    const pace: Pace = { kind: "open", perSecond: bench.pick(50, 20), seconds: bench.pick(6, 0.5) };
    const variants = new Map<Name, Variant>();
    for (const name of NAMES) {
      const { variant, langfuse } = VARIANTS[name];
      const started = await bench.variant(variant, { langfuse });
      variants.set(name, started);
      await bench.load(started, TURNS, { ...pace, seconds: bench.pick(3, 0.3) });
    }
    const rounds = await interleave(bench.rounds, NAMES, async (name) => {
      const { latency } = await bench.load(variants.get(name) as Variant, TURNS, pace);
      return latency;
    });
    return { perSecond: pace.perSecond, rounds };
  },
  figures: ({ rounds }) => {
    const ratio = (name: Name, of: "p50" | "p99", goal?: Figure["goal"]): Figure => ({
      label: `${name} ${of}, to the floor's`,
      unit: "×",
      ...ratioOf(
        rounds,
        (round) => round[name][of],
        (round) => round.floor[of],
      ),
      ...(goal && { goal }),
    });
    return [
      ratio("edge", "p50", { atMost: 1.3 }),
      ratio("edge", "p99", { atMost: 2 }),
      ...NAMES.flatMap((name) =>
        (["p50", "p99"] as const).map((of) => ({
          label: `${name} ${of}`,
          unit: "ms",
          ...spreadOf(rounds.map((round) => round[name][of])),
        })),
      ),
    ];
  },
  chart: ({ rounds }) => ({
    title: "The flush before the chat request, p50 in ms (shorter is better)",
    bars: NAMES.map((name) => {
      const { median } = spreadOf(rounds.map((round) => round[name].p50));
      const { langfuse } = VARIANTS[name];
      return {
        label: langfuse === 0 ? name : `${name}, Langfuse ${langfuse} ms`,
        value: median,
        text: `${median.toFixed(1)} ms`,
        ...(name === "edge" && { ours: true as const }),
      };
    }),
  }),
});
