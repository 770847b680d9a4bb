import { type PageLab, startPageLab } from "../library/page-lab.ts";
import { type Figure, question } from "../question.ts";
import { median, spreadOf } from "../statistics.ts";

/** Medians of a round, ms. */
interface Delay {
  first: number;
  later: number;
}

interface Round {
  callMs: number;
  traced: Delay;
  /** Measured before and after: what two equal measurements differ by. */
  plain: [before: Delay, after: Delay];
}

type Raw = { rounds: Round[] };

export const page = question<Raw>({
  name: "page",
  question:
    "The page: main-thread time of a call, added delay of the first and of each later chunk",
  goal: "0.1 ms a call; no measurable delay",
  meaning:
    "In a real Chromium. A call: all main-thread time of some hundred calls, with what follows from them (queueing, JSON, requests, answers), less that of the page without them. Delay: answers of a streaming backend read through `tracedFetch` and through plain `fetch`, each chunk with the time at which it was sent. Not measurable: no more than two measurements without the library differ from each other, or than the browser's clock can tell (0.1 ms).",
  async run(bench) {
    const edge = await bench.variant("edge-open");
    const lab = await startPageLab(edge.url);
    try {
      await measure(lab, 2, bench.pick(100, 10));
      const rounds: Round[] = [];
      for (let round = 0; round < bench.rounds; round += 1) {
        rounds.push(await measure(lab, bench.pick(6, 1), bench.pick(300, 20)));
      }
      return { rounds };
    } finally {
      await lab.close();
    }
  },
  figures: ({ rounds }) => {
    const added = (of: keyof Delay): Figure => {
      const noise = rounds.map(({ plain: [a, b] }) => Math.abs(a[of] - b[of]));
      return {
        label: of === "first" ? "added to the first chunk" : "added to a later chunk",
        unit: "ms",
        ...spreadOf(rounds.map(({ traced, plain: [a, b] }) => traced[of] - (a[of] + b[of]) / 2)),
        goal: { atMost: Math.max(0.1, ...noise) },
      };
    };
    return [
      {
        label: "a call",
        unit: "ms",
        ...spreadOf(rounds.map(({ callMs }) => callMs)),
        goal: { atMost: 0.1 },
      },
      added("first"),
      added("later"),
    ];
  },
});

const CHUNKS = 30;

/** Answers with and without the library, in turn. */
async function measure(lab: PageLab, answers: number, calls: number): Promise<Round> {
  const found = { before: [] as Delay[], traced: [] as Delay[], after: [] as Delay[] };
  const answer = async (by: "tracedFetch" | "plain"): Promise<Delay> => {
    const { first, later } = await lab.answer(by, CHUNKS);
    return { first, later: median(later) };
  };
  for (let n = 0; n < answers; n += 1) {
    found.before.push(await answer("plain"));
    found.traced.push(await answer("tracedFetch"));
    found.after.push(await answer("plain"));
  }
  const of = (delays: readonly Delay[]): Delay => ({
    first: median(delays.map(({ first }) => first)),
    later: median(delays.map(({ later }) => later)),
  });
  return {
    callMs: await lab.callMs(calls),
    traced: of(found.traced),
    plain: [of(found.before), of(found.after)],
  };
}
