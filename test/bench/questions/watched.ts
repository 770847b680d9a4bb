import { LIVE_PATH, LIVE_PROTOCOL, LIVE_TOKEN_PREFIX } from "../../../src/protocol/live.ts";
import { basic } from "../../support/post.ts";
import type { Variant } from "../bench.ts";
import type { Latency, Pace } from "../load/plan.ts";
import { type Figure, question } from "../question.ts";
import { interleave, type Round } from "../rounds.ts";
import { ratioOf, spreadOf } from "../statistics.ts";

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

/** A watcher that acknowledges each message; open when it was greeted. */
async function watch(url: string, told: () => void): Promise<WebSocket> {
  const answer = await fetch(`${url}/api/langfuse/token`, {
    method: "POST",
    headers: { authorization: basic(), "content-type": "application/json" },
    body: '{"scope":"read"}',
  });
  if (answer.status !== 200) throw new Error(`no read token: ${answer.status}`);
  const { token } = (await answer.json()) as { token: string };
  // Node's own takes headers beside the protocols; a browser names its origin by itself.
  const how = {
    protocols: [LIVE_PROTOCOL, LIVE_TOKEN_PREFIX + token],
    headers: { origin: new URL(url).origin },
  };
  const socket = new WebSocket(`${url.replace("http", "ws")}${LIVE_PATH}`, how as never);
  const { promise: greeted, resolve, reject } = Promise.withResolvers<void>();
  socket.addEventListener("message", ({ data }) => {
    const { n } = JSON.parse(String(data)) as { n: number };
    socket.send(JSON.stringify({ ack: n }));
    told();
    resolve();
  });
  socket.addEventListener("error", () => reject(new Error("a watcher was not let in")));
  await greeted;
  return socket;
}
