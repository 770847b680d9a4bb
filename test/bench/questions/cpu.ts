import { startChild } from "../hosts/child.ts";
import type { Costs, CpuCalls, Step } from "../hosts/cpu-host.ts";
import { type Figure, question } from "../question.ts";
import { median, ratioOf, type Spread, spreadOf } from "../statistics.ts";

interface Raw {
  sizes: number[];
  rounds: Costs[];
  /** Of the whole request of 20 actions, p50, ms: what a step is a part of. */
  requestMs: number;
}

/** So much may a larger session cost more for an action and still count as linear. */
const LINEAR = 1.3;
const STEPS = ["interpret", "fold", "journal", "seal", "to-otlp"] as const;
const IN_A_REQUEST = 20;

export const cpu = question<Raw>({
  name: "cpu",
  question: "Processor time and bytes for an action, in the pure rooms",
  goal: "linear; no step over 5% of the request",
  meaning: `Each room by itself in Node (the same V8), after warming up: reading and checking actions (interpret), fold, the journal's text, seal, and the spans for Langfuse (to-otlp); the median of many batches, at growing sizes of a session. Linear: an action at the largest size costs at most ${LINEAR} times one at the smallest. A step's part of the request: its time for ${IN_A_REQUEST} actions, of the p50 of such a request to the running edge. Seal and to-otlp are not on the way of an answer.`,
  async run(bench) {
    const sizes = bench.pick([100, 1000, 4000], [20, 100]);
    const rounds: Costs[] = [];
    for (let round = 0; round < bench.rounds; round += 1) {
      const child = startChild<CpuCalls>("cpu-host.ts", [
        "--expose-gc",
        "--max-semi-space-size=256",
        "--min-semi-space-size=256",
      ]);
      rounds.push(await child.call("measure", sizes, bench.pick(5, 2), bench.pick(100, 5)));
      await child.stop();
    }
    const edge = await bench.variant("edge");
    const batches = { kind: "batches", sessions: 50 } as const;
    await bench.load(edge, batches, { kind: "open", perSecond: 20, seconds: bench.pick(3, 0.2) });
    const { latency } = await bench.load(edge, batches, {
      kind: "open",
      perSecond: 20,
      seconds: bench.pick(3, 0.2),
    });
    return { sizes, rounds, requestMs: latency.p50 };
  },
  figures: ({ sizes, rounds, requestMs }) => {
    const last = sizes.length - 1;
    const micros = (step: Step, at: number) => (costs: Costs) => costs[step][at]?.micros ?? 0;
    const bytes = (step: Step) => (costs: Costs) => costs[step][last]?.bytes ?? 0;
    const worst = (of: (step: Step) => Spread): { step: Step; spread: Spread } => {
      const all = STEPS.map((step) => ({ step, spread: of(step) }));
      return all.reduce((a, b) => (b.spread.median > a.spread.median ? b : a));
    };
    const growth = worst((step) => ratioOf(rounds, micros(step, last), micros(step, 0)));
    const part = worst((step) =>
      spreadOf(rounds.map((costs) => (micros(step, 0)(costs) * IN_A_REQUEST) / (requestMs * 10))),
    );
    const smallest = `${sizes[0]?.toLocaleString("en-US")} actions`;
    const largest = `${sizes[last]?.toLocaleString("en-US")} actions`;
    return [
      {
        label: `most growth from ${smallest} to ${largest} (${growth.step})`,
        unit: "×",
        ...growth.spread,
        goal: { atMost: LINEAR },
      },
      {
        label: `largest part of a request (${part.step})`,
        unit: "%",
        ...part.spread,
        goal: { atMost: 5 },
      },
      ...STEPS.flatMap((step): Figure[] => [
        { label: step, unit: "µs", ...spreadOf(rounds.map(micros(step, last))) },
        { label: `${step} allocates`, unit: "B", ...spreadOf([median(rounds.map(bytes(step)))]) },
      ]),
    ];
  },
});
