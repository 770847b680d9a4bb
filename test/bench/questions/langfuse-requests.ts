import { question } from "../question.ts";
import { interleave, type Round } from "../rounds.ts";
import { spreadOf } from "../statistics.ts";

interface Sent {
  requests: number;
  items: number;
  /** In which the turns ended, s. */
  seconds: number;
  /** From the last turn's answer until Langfuse had everything, s. */
  drainSeconds: number;
}

type Raw = { sessions: number; rounds: Round<"edge", Sent>[] };

const PATIENCE_MS = 60_000;

export const langfuseRequests = question<Raw>({
  name: "langfuse-requests",
  question: "Requests to Langfuse for 1,000 sessions' turns that end within the same few seconds",
  goal: "20 at most",
  meaning:
    "Each session's whole turn is sent within four seconds, which is more than one core takes in so fast, and Langfuse's side counts the requests until it has all 4,000 observations. A request has 900 KB at most, so seven is the least here.",
  async run(bench) {
    const sessions = bench.pick(1000, 40);
    const pace = {
      kind: "open",
      perSecond: bench.pick(250, 40),
      seconds: bench.pick(4, 1),
    } as const;
    const rounds = await interleave(bench.rounds, ["edge"] as const, async () => {
      const edge = await bench.variant("edge");
      const warm = { ...pace, seconds: bench.pick(1, 0.1) };
      const first = await bench.load(edge, { kind: "sessions" }, warm);
      await bench.langfuse.call("until", edge.label, first.observations, PATIENCE_MS);
      await bench.langfuse.call("forget", edge.label);
      const { observations, seconds } = await bench.load(edge, { kind: "sessions" }, pace);
      const began = performance.now();
      const got = await bench.langfuse.call("until", edge.label, observations, PATIENCE_MS);
      const drainSeconds = (performance.now() - began) / 1000;
      await edge.stop();
      if (got.items < observations) throw new Error(`${got.items} of ${observations} arrived`);
      return { ...got, seconds, drainSeconds };
    });
    return { sessions, rounds };
  },
  figures: ({ sessions, rounds }) => [
    {
      label: `requests for ${sessions.toLocaleString("en-US")} turns`,
      unit: "",
      ...spreadOf(rounds.map(({ edge }) => edge.requests)),
      goal: { atMost: 20 },
    },
    {
      label: "turns taken in within",
      unit: "s",
      ...spreadOf(rounds.map(({ edge }) => edge.seconds)),
    },
    {
      label: "the last of them, after the last turn",
      unit: "s",
      ...spreadOf(rounds.map(({ edge }) => edge.drainSeconds)),
    },
  ],
});
