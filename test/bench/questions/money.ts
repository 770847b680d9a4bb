import { setTimeout as pause } from "node:timers/promises";
import type { Bench, Variant } from "../bench.ts";
import { countsOf, forgetCounts, letTimePass, setClock, tick } from "../control.ts";
import { cpuMsOf } from "../hosts/processes.ts";
import { regroup } from "../library/regroup.ts";
import { Form } from "../load/recorded.ts";
import { pageClient } from "../page-client.ts";
import { billOf, type Counted, dollarsOf } from "../prices.ts";
import { type Figure, question } from "../question.ts";

/** A turn that was counted: what so many of them took. */
interface Run {
  turns: number;
  counted: Counted;
}

interface Raw {
  /** The library itself, turns at ten a second, their answers streaming for 2.8 s. */
  library: Run;
  naive: Run;
  /** The library, a turn at a time: nobody to share a delivery with. */
  alone: Run;
  /** Its requests replayed: how many a turn … */
  byRequests: (Run & { requests: number })[];
  /** … and how many turns a session. */
  byTurns: (Run & { sessions: number })[];
}

/** From the trace to the last observation: what Langfuse counts of a turn. */
const OBSERVATIONS = 4;
const PATIENCE_MS = 60_000;
/** So many times as fast the clock runs where turns are replayed. */
const RATE = 20;
/** Told time between two turns of a chat. */
const THINKING_MS = 60_000;

export const money = question<Raw>({
  name: "money",
  question: "Dollars per million chat turns",
  goal: "8 at most, 5 times cheaper than naive",
  meaning:
    "The library's full turn of the seed's flow is run for real, and what is billed is counted at the Worker's bindings and storage: requests, object calls, alarms, rows, queue messages, lines of the log (as much as is on by default); and a day later the session's forgetting itself. Priced at what Cloudflare publishes, beyond the included amounts and the plan's five dollars. Each turn is a session of its own, the dearest case: a chat of ten turns shares what is paid once a session. Active time and processor time are this machine's, and small; stored bytes (cents) and traffic (free) are left out. A deleteAll is taken for a deleted row for each key, of which a session has one; whether Cloudflare bills any is not published, and without it the edge's figures are a dollar a session lower. The naive variant deletes nothing and forgets nothing, which is cheaper than it could be.",
  async run(bench) {
    const library = await libraryRun(bench, "edge-counted", bench.pick(50, 3));
    const naive = await libraryRun(bench, "naive-counted", bench.pick(50, 3));
    const alone = await aloneRun(bench, bench.pick(5, 1));
    const { bodies } = bench.turn;
    const actions = bodies.flatMap((body) => (JSON.parse(body) as { actions: [] }).actions).length;
    const byRequests: Raw["byRequests"] = [];
    for (const requests of bench.pick([2, 3, actions], [actions])) {
      const run = await replay(bench, regroup(bodies, requests), bench.pick(20, 2), 1);
      byRequests.push({ requests, ...run });
    }
    const byTurns: Raw["byTurns"] = [];
    for (const [turns, sessions] of bench.pick(
      [
        [1, 20],
        [10, 10],
        [100, 10],
      ] as const,
      [[2, 2]] as const,
    )) {
      byTurns.push({ sessions, ...(await replay(bench, bodies, sessions, turns)) });
    }
    return { library, naive, alone, byRequests, byTurns };
  },
  figures: ({ library, naive, alone, byRequests, byTurns }) => {
    const dollars = ({ turns, counted }: Run): number => dollarsOf(counted, turns);
    const exactly = (label: string, value: number, unit = "$", goal?: Figure["goal"]): Figure => ({
      label,
      unit,
      median: value,
      low: value,
      high: value,
      ...(goal && { goal }),
    });
    const parts = Object.entries(billOf(library.counted, library.turns));
    return [
      exactly("the library's turn", dollars(library), "$", { atMost: 8 }),
      exactly("naive to the edge", dollars(naive) / dollars(library), "×", { atLeast: 5 }),
      exactly("naive", dollars(naive)),
      ...parts.map(([name, value]) => exactly(`of the edge's, ${name}`, value)),
      exactly("one turn at a time", dollars(alone)),
      ...byRequests.map((run) => exactly(`${run.requests} requests a turn`, dollars(run))),
      ...byTurns.map((run) => exactly(`${run.turns / run.sessions} turns a session`, dollars(run))),
    ];
  },
  chart: ({ library, naive, byTurns }) => ({
    title: "Dollars per million chat turns (shorter is better)",
    bars: [
      { label: "edge, 1 turn a session", run: library, ours: true as const },
      ...byTurns.slice(1).map((run) => ({
        label: `edge, ${run.turns / run.sessions} turns a session`,
        run,
        ours: true as const,
      })),
      { label: "naive", run: naive },
    ].map(({ run, ...bar }) => {
      const dollars = dollarsOf(run.counted, run.turns);
      return { ...bar, value: dollars, text: `$${dollars.toFixed(2)}` };
    }),
  }),
});

/** Counts what `work` takes, until nothing of it is left. */
async function counting(
  bench: Bench,
  variant: Variant,
  turns: number,
  work: () => Promise<void>,
): Promise<Run> {
  await forgetCounts(variant);
  const before = cpuMsOf(variant.pid) ?? 0;
  await work();
  await pause(bench.pick(1500, 300));
  const cpuMs = (cpuMsOf(variant.pid) ?? 0) - before;
  if (variant.name === "edge-counted") await letTimePass(variant);
  return { turns, counted: { ...(await countsOf(variant)), cpuMs } };
}

async function libraryRun(
  bench: Bench,
  name: "edge-counted" | "naive-counted",
  turns: number,
): Promise<Run> {
  const variant = await bench.variant(name);
  const run = async (count: number, label: string): Promise<void> => {
    const { items } = await bench.langfuse.call("received", variant.label);
    const { post } = pageClient(variant);
    let actions = 0;
    await Promise.all(
      Array.from({ length: count }, async (_, n) => {
        await pause(n * 100);
        const sessionId = `${label}-${n}`;
        const send = (body: string): Promise<Response> => {
          actions += (JSON.parse(body) as { actions: [] }).actions.length;
          return post(sessionId, body);
        };
        await bench.runTurn({ sessionId, send, chunks: 40, everyMs: bench.pick(70, 5) });
      }),
    );
    const expected = items + (name === "edge-counted" ? count * OBSERVATIONS : actions);
    await arrived(bench, variant, expected);
  };
  await run(bench.pick(10, 1), "warm");
  const counted = await counting(bench, variant, turns, () => run(turns, "turn"));
  await variant.stop();
  return counted;
}

async function aloneRun(bench: Bench, turns: number): Promise<Run> {
  const variant = await bench.variant("edge-counted");
  const run = await counting(bench, variant, turns, async () => {
    const { post } = pageClient(variant);
    for (let n = 0; n < turns; n += 1) {
      const sessionId = `alone-${n}`;
      const send = (body: string): Promise<Response> => post(sessionId, body);
      await bench.runTurn({ sessionId, send, chunks: 40, everyMs: 5 });
      await arrived(bench, variant, (n + 1) * OBSERVATIONS);
    }
  });
  await variant.stop();
  return run;
}

/** All sessions take their turns in step; the next begins when the last is delivered. */
async function replay(
  bench: Bench,
  bodies: readonly string[],
  sessions: number,
  turnsEach: number,
): Promise<Run> {
  const variant = await bench.variant("edge-counted", { batchSeconds: 1 / RATE });
  const form = new Form(bodies);
  const { post } = pageClient(variant);
  await setClock(variant, 0, RATE);
  const run = await counting(bench, variant, sessions * turnsEach, async () => {
    for (let turn = 0; turn < turnsEach; turn += 1) {
      const { now } = await setClock(variant, turn === 0 ? 0 : THINKING_MS, RATE);
      await tick(variant);
      await Promise.all(
        Array.from({ length: sessions }, async (_, n) => {
          const session = `replay-${n}`;
          for (const body of form.bodies({ session, client: `tab-${n}`, turn, at: now })) {
            await post(session, body);
          }
        }),
      );
      await arrived(bench, variant, (turn + 1) * sessions * OBSERVATIONS);
      // Delivered is settled a moment later.
      await pause(100);
    }
  });
  await variant.stop();
  return run;
}

async function arrived(bench: Bench, variant: Variant, expected: number): Promise<void> {
  const { items } = await bench.langfuse.call("until", variant.label, expected, PATIENCE_MS);
  if (items !== expected) throw new Error(`${variant.name}: ${items} of ${expected} arrived`);
}
