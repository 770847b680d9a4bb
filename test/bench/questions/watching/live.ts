import { basic, KEYS } from "../../../support/post.ts";
import type { Variant } from "../../bench.ts";
import { type Figure, question } from "../../question.ts";
import { interleave, type Round } from "../../rounds.ts";
import { spreadOf } from "../../statistics.ts";
import { chatsWatched, type Pace, type Piece, type Seen } from "./chatting.ts";

const SESSIONS = { "one session": 1, "50 sessions": 50 } as const;
type Name = keyof typeof SESSIONS;
const NAMES = Object.keys(SESSIONS) as Name[];
/** That a turn is shown, counted from the call at the click; and its end, from the call that tells of it. */
const PIECES: Record<Piece, string> = { begins: "a turn's begin", ends: "a turn's end" };
const GOAL_MS = 1_000;
const GOAL_TURNS_A_SECOND = 5_000;

/** Turns that were told to the figures, and what these say of them. */
interface Told {
  turns: number;
  seconds: number;
  /** Objects that they were told to. */
  objects: number;
  counted: number;
}

interface Raw {
  rounds: Round<Name, Seen>[];
  told: Told[];
}

export const live = question<Raw>({
  name: "live",
  question: "What happens in a chat, on the dashboard",
  goal: "p99 within 1,000 ms; 5,000 turns a second into one project, and exact",
  meaning:
    "From the page's call to the frame at a watcher who acknowledges what it reads, with one session and with fifty that chat at once: the library's turn, told within 400 ms, the next one a second later. What changes is gathered twice on the way, 100 ms each, in the session and in the hub. On Cloudflare a network stands between page and edge, and between edge and watcher. The load: the consumers of one isolate and the objects that add up what they are told share one thread here; the turns have all that a turn may have, and afterwards the figures must have each of them once.",
  async run(bench) {
    const pace = (name: Name): Pace => ({
      sessions: SESSIONS[name],
      turnsPerSession: name === "one session" ? bench.pick(20, 1) : bench.pick(4, 1),
      turnMs: bench.pick(400, 20),
      thinkMs: bench.pick(name === "one session" ? 100 : 1_000, 20),
    });
    const variant = await bench.variant("edge");
    const chats = await chatsWatched(bench, variant);
    let rounds: Raw["rounds"];
    try {
      // What is compiled and asked once is so by then.
      await chats.chat({ ...pace("one session"), turnsPerSession: bench.pick(5, 1) });
      rounds = await interleave(bench.rounds, NAMES, (name) => chats.chat(pace(name)));
    } finally {
      chats.close();
    }
    const figures = await bench.variant("edge-told");
    const told: Told[] = [];
    await tell(figures, bench.pick(2_560, 256));
    for (let round = 0; round < bench.rounds; round += 1) {
      told.push(await tell(figures, bench.pick(25_600, 512)));
    }
    return { rounds, told };
  },
  figures: ({ rounds, told }) => {
    const seen = (name: Name, piece: Piece, of: "p50" | "p99"): Figure => ({
      label: `${name}: ${PIECES[piece]} is seen after, ${of === "p50" ? "median" : of}`,
      unit: "ms",
      ...spreadOf(rounds.map((round) => round[name][piece][of])),
      goal: { atMost: GOAL_MS },
    });
    return [
      ...NAMES.flatMap((name) =>
        (Object.keys(PIECES) as Piece[]).flatMap((piece) => [
          seen(name, piece, "p50"),
          seen(name, piece, "p99"),
        ]),
      ),
      {
        label: "turns that the figures lack, or count twice",
        unit: "",
        ...spreadOf(told.map(({ turns, counted }) => Math.abs(turns - counted))),
        goal: { atMost: 0 },
      },
      {
        label: "turns told to one project's figures",
        unit: "turns/s",
        ...spreadOf(told.map(({ turns, seconds }) => turns / seconds)),
        goal: { atLeast: GOAL_TURNS_A_SECOND },
      },
      {
        label: "objects that they spread over",
        unit: "",
        ...spreadOf(told.map(({ objects }) => objects)),
      },
    ];
  },
});

async function tell({ url }: Variant, turns: number): Promise<Told> {
  const before = await countedTurns(url);
  const began = performance.now();
  const asked = new URLSearchParams({ project: KEYS.publicKey, count: String(turns) });
  const answer = await fetch(`${url}/bench/turns?${String(asked)}`, { method: "POST" });
  if (answer.status !== 200) throw new Error(`${answer.status} ${await answer.text()}`);
  const { objects } = (await answer.json()) as { objects: number };
  const seconds = (performance.now() - began) / 1000;
  return { turns, seconds, objects, counted: (await countedTurns(url)) - before };
}

/** As a dashboard reads them. */
async function countedTurns(url: string): Promise<number> {
  const answer = await fetch(`${url}/api/langfuse/figures?part=speed`, {
    headers: { authorization: basic() },
  });
  if (answer.status !== 200) throw new Error(`${answer.status} ${await answer.text()}`);
  const { total } = (await answer.json()) as { total?: { turns: number } };
  return total?.turns ?? 0;
}
