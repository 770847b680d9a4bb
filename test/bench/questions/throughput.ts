import type { Variant } from "../bench.ts";
import { type Figure, question } from "../question.ts";
import { interleave, type Round } from "../rounds.ts";
import { ratioOf, spreadOf } from "../statistics.ts";
import { acceptedPerSecond, deliveredPerSecond, type Sustained, sustained } from "../sustained.ts";

const VARIANTS = {
  floor: { variant: "floor", langfuse: 0, counts: "nothing" },
  edge: { variant: "edge", langfuse: 0, counts: "observations" },
  naive: { variant: "naive", langfuse: 0, counts: "actions" },
  "seed, 0 ms": { variant: "seed", langfuse: 0, counts: "actions" },
  "seed, 50 ms": { variant: "seed", langfuse: 50, counts: "actions" },
  "seed, 500 ms": { variant: "seed", langfuse: 500, counts: "actions" },
} as const;
type Name = keyof typeof VARIANTS;
const NAMES = Object.keys(VARIANTS) as Name[];
/** Who keeps rows and tells nobody delivers nothing. */
const DELIVERING = NAMES.filter((name) => name !== "floor");
const CLIENTS = 32;

type Raw = { rounds: Round<Name, Sustained>[] };

export const throughput = question<Raw>({
  name: "throughput",
  question: "Throughput of actions, batches of 20, 200 sessions",
  goal: "10 times the naive variant, 20 times the seed",
  meaning: `${CLIENTS} clients that send as soon as they are answered, then nothing until Langfuse has everything; actions per second of the whole time, so that nobody wins by piling up. The edge lets two to three seconds pass between a turn's end and its delivery, for stragglers and company; they count against it. The seed's server is measured with a Langfuse that takes 0, 50 and 500 ms; a Langfuse on the Internet takes more than 0. It keeps what it has been given in memory until then, and a crash loses that. The floor's figure is a bound: no Worker that answers when the actions are durable takes in more of them here, whatever it does with them afterwards. All of the edge (HTTP, objects, queue, consumer) shares one thread of one workerd here; on Cloudflare each of them runs where there is room, and Node would run one process a core.`,
  async run(bench) {
    const variants = new Map<Name, Variant>();
    // Long enough that the rate is measured, and not mostly the edge's seconds at the end.
    const seconds = bench.pick(8, 0.2);
    const measure = (name: Name, forSeconds: number): Promise<Sustained> =>
      sustained(bench, variants.get(name) as Variant, {
        workload: { kind: "batches", sessions: 200 },
        clients: bench.pick(CLIENTS, 4),
        seconds: forSeconds,
        counts: VARIANTS[name].counts,
      });
    for (const name of NAMES) {
      variants.set(name, await bench.variant(VARIANTS[name].variant, VARIANTS[name]));
      await measure(name, bench.pick(1, 0.1));
    }
    return { rounds: await interleave(bench.rounds, NAMES, (name) => measure(name, seconds)) };
  },
  figures: ({ rounds }) => {
    const rate = (name: Name) => (round: Round<Name, Sustained>) => deliveredPerSecond(round[name]);
    const ratio = (name: Name, atLeast: number): Figure => ({
      label: `edge to ${name}`,
      unit: "×",
      ...ratioOf(rounds, rate("edge"), rate(name)),
      goal: { atLeast },
    });
    return [
      ratio("naive", 10),
      ratio("seed, 0 ms", 20),
      ratio("seed, 50 ms", 20),
      ratio("seed, 500 ms", 20),
      {
        label: "what the floor keeps and delivers to nobody, to seed, 0 ms",
        unit: "×",
        ...ratioOf(rounds, rate("floor"), rate("seed, 0 ms")),
      },
      ...NAMES.map((name) => ({
        label: name,
        unit: "actions/s",
        ...spreadOf(rounds.map(rate(name))),
      })),
      {
        label: "edge, while it is taking in",
        unit: "actions/s",
        ...spreadOf(rounds.map((round) => acceptedPerSecond(round.edge))),
      },
    ];
  },
  chart: ({ rounds }) => ({
    title: "Actions per second, until Langfuse has them (longer is better)",
    bars: DELIVERING.map((name) => {
      const { median } = spreadOf(rounds.map((round) => deliveredPerSecond(round[name])));
      return {
        label: name,
        value: median,
        text: Math.round(median).toLocaleString("en-US"),
        ...(name === "edge" && { ours: true as const }),
      };
    }),
  }),
});
