import { question } from "../question.ts";
import { interleave, type Round } from "../rounds.ts";
import { ratioOf, spreadOf } from "../statistics.ts";
import { deliveredPerSecond, type Sustained, sustained } from "../sustained.ts";

const SPREADS = { "1 session": 1, "200 sessions": 200 } as const;
type Name = keyof typeof SPREADS;
const NAMES = Object.keys(SPREADS) as Name[];
const CLIENTS = 32;

type Raw = { rounds: Round<Name, Sustained>[] };

export const hotSession = question<Raw>({
  name: "hot-session",
  question: "One hot session beside 200 sessions, the same load",
  goal: "no cliff: at least half as much",
  meaning: `Batches of 20 from ${CLIENTS} clients that never pause, all into one session or spread over 200, until Langfuse has everything. On Cloudflare one object has one thread of its own, and 200 objects have up to 200; here they share one in both cases, so the ratio shows only what a session's own size and order cost.`,
  async run(bench) {
    const rounds = await interleave(bench.rounds, NAMES, async (name) => {
      const edge = await bench.variant("edge");
      const load = {
        workload: { kind: "batches", sessions: SPREADS[name] },
        clients: bench.pick(CLIENTS, 4),
        counts: "observations",
      } as const;
      if (bench.size === "full") await sustained(bench, edge, { ...load, seconds: 1 });
      const found = await sustained(bench, edge, { ...load, seconds: bench.pick(3, 0.2) });
      await edge.stop();
      return found;
    });
    return { rounds };
  },
  figures: ({ rounds }) => {
    const rate = (name: Name) => (round: Round<Name, Sustained>) => deliveredPerSecond(round[name]);
    return [
      {
        label: "1 session to 200",
        unit: "×",
        ...ratioOf(rounds, rate("1 session"), rate("200 sessions")),
        goal: { atLeast: 0.5 },
      },
      ...NAMES.map((name) => ({
        label: name,
        unit: "actions/s",
        ...spreadOf(rounds.map(rate(name))),
      })),
    ];
  },
});
