import type { Variant } from "../../bench.ts";
import type { Latency, Pace } from "../../load/plan.ts";
import { type Figure, question } from "../../question.ts";
import { interleave, type Round } from "../../rounds.ts";
import { ratioOf, spreadOf } from "../../statistics.ts";
import { watch } from "./watcher.ts";

const WATCHERS = { "nobody watches": 0, "two watch": 2 } as const;
type Name = keyof typeof WATCHERS;
const NAMES = Object.keys(WATCHERS) as Name[];
const TURNS = { kind: "turns", turnsPerSession: 5 } as const;

interface Raw {
  perSecond: number;
  rounds: Round<Name, Latency>[];
  /** Messages that a watcher got in a round. */
  messages: number[];
}

export const watched = question<Raw>({
  name: "watched",
  question: "The same flush while two watch the live view",
  goal: "p50 1.1 times that with nobody watching, p99 1.25 times",
  meaning:
    "Two edges, the same load, in turns; two WebSockets watch one of them and acknowledge what they read, as dashboards do. A session tells the live hub after its answer, and nothing waits for the hub. What is left is the machine's work: sessions, hub, watchers and the load share two cores here; on Cloudflare the hub is an object of its own.",
  async run(bench) {
    const pace: Pace = { kind: "open", perSecond: bench.pick(50, 20), seconds: bench.pick(6, 0.5) };
    const variants = new Map<Name, Variant>();
    const read: number[] = [];
    const sockets: WebSocket[] = [];
    const messages: number[] = [];
    try {
      for (const name of NAMES) {
        const variant = await bench.variant("edge");
        variants.set(name, variant);
        for (let n = 0; n < WATCHERS[name]; n += 1) {
          sockets.push(await watch(variant.url, () => (read[n] = (read[n] ?? 0) + 1)));
        }
        await bench.load(variant, TURNS, { ...pace, seconds: bench.pick(3, 0.3) });
      }
      const rounds = await interleave(bench.rounds, NAMES, async (name) => {
        const before = Math.min(...read);
        const { latency } = await bench.load(variants.get(name) as Variant, TURNS, pace);
        if (WATCHERS[name] > 0) messages.push(Math.min(...read) - before);
        return latency;
      });
      // Otherwise nobody watched.
      if (!messages.every((count) => count > 0)) throw new Error("the watchers were told nothing");
      return { perSecond: pace.perSecond, rounds, messages };
    } finally {
      for (const socket of sockets) socket.close();
    }
  },
  figures: ({ rounds, messages }) => {
    const ratio = (of: "p50" | "p99", atMost: number): Figure => ({
      label: `two watch, ${of} to that with nobody watching`,
      unit: "×",
      ...ratioOf(
        rounds,
        (round) => round["two watch"][of],
        (round) => round["nobody watches"][of],
      ),
      goal: { atMost },
    });
    return [
      ratio("p50", 1.1),
      ratio("p99", 1.25),
      ...NAMES.flatMap((name) =>
        (["p50", "p99"] as const).map((of) => ({
          label: `${name}, ${of}`,
          unit: "ms",
          ...spreadOf(rounds.map((round) => round[name][of])),
        })),
      ),
      { label: "messages to a watcher in a round", unit: "", ...spreadOf(messages) },
    ];
  },
});
