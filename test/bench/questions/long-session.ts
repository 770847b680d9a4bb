import type { Bench, Variant } from "../bench.ts";
import { abortAll } from "../control.ts";
import { type PageClient, pageClient } from "../page-client.ts";
import { type Figure, question } from "../question.ts";
import { median, ratioOf, spreadOf } from "../statistics.ts";

/** Of the open actions of a session: all in one trace, or ten in each. */
const SHAPES = { "one trace": Number.POSITIVE_INFINITY, "ten actions a trace": 10 } as const;
type Shape = keyof typeof SHAPES;
const NAMES = Object.keys(SHAPES) as Shape[];

/** Milliseconds. */
interface Round {
  /** A further action while the object is in memory, median. */
  warm: { short: number; long: number };
  /** The first request to an object that is not. */
  cold: { short: number; long: number };
}

interface Raw {
  actions: { short: number; long: number };
  rounds: Record<Shape, Round[]>;
}

const BATCH = 500;

export const longSession = question<Raw>({
  name: "long-session",
  question: "A long session: a further action after 10,000 against after 100, and a cold start",
  goal: "1.2 times; 50 ms per 1,000 open actions",
  meaning:
    "Sessions hold so many actions of observations that are still open, in one trace or in a thousand. Warm: single actions sent one after the other to the long and to the short session in turn. Cold: the object is put out of memory, and the first request to it waits until it has read its journal; what the short session needs for that is taken off.",
  async run(bench) {
    const actions = { short: 100, long: bench.pick(10_000, 500) };
    const rounds = { "one trace": [], "ten actions a trace": [] } as Record<Shape, Round[]>;
    for (const shape of NAMES) {
      const edge = await bench.variant("edge-counted");
      const page = pageClient(edge);
      await fill(page, "short", actions.short, SHAPES[shape]);
      await fill(page, "long", actions.long, SHAPES[shape]);
      for (let round = 0; round < bench.rounds; round += 1) {
        rounds[shape].push(await measure(bench, edge, page));
      }
      await edge.stop();
    }
    return { actions, rounds };
  },
  figures: ({ actions, rounds }) =>
    NAMES.flatMap((shape): Figure[] => {
      const of = rounds[shape];
      const perThousand = (actions.long - actions.short) / 1000;
      return [
        {
          label: `warm, ${shape}`,
          unit: "×",
          ...ratioOf(
            of,
            ({ warm }) => warm.long,
            ({ warm }) => warm.short,
          ),
          goal: { atMost: 1.2 },
        },
        {
          label: `cold, ${shape}, per 1,000 open actions`,
          unit: "ms",
          ...spreadOf(of.map(({ cold }) => (cold.long - cold.short) / perThousand)),
          goal: { atMost: 50 },
        },
        { label: `warm p50, ${shape}`, unit: "ms", ...spreadOf(of.map(({ warm }) => warm.long)) },
        { label: `cold, ${shape}`, unit: "ms", ...spreadOf(of.map(({ cold }) => cold.long)) },
      ];
    }),
});

async function fill(
  page: PageClient,
  sessionId: string,
  count: number,
  perTrace: number,
): Promise<void> {
  for (let from = 0; from < count; from += BATCH) {
    const actions = Array.from({ length: Math.min(BATCH, count - from) }, (_, n) => {
      const nth = from + n;
      const traceId = traceOf(sessionId, nth, perTrace);
      if (traceOf(sessionId, nth - 1, perTrace) !== traceId) {
        return {
          action: "create_trace",
          data: { traceId, name: "Assistant", input: "a question" },
        };
      }
      const input = `what the ${nth}th of many spans was given`;
      return { action: "create_span", data: { traceId, spanId: `s${nth}`, name: "step", input } };
    });
    await page.timed(sessionId, { sessionId, actions });
  }
}

const traceOf = (sessionId: string, nth: number, perTrace: number): string =>
  nth < 0 ? "" : `ui2-${sessionId}-${Math.floor(nth / perTrace)}`;

async function measure(bench: Bench, edge: Variant, page: PageClient): Promise<Round> {
  const warm = { short: [] as number[], long: [] as number[] };
  for (let n = 0; n < bench.pick(100, 5); n += 1) {
    for (const sessionId of ["short", "long"] as const) {
      const data = { traceId: `ui2-${sessionId}-0`, spanId: "s1", metadata: { progress: n } };
      warm[sessionId].push(await page.timed(sessionId, { sessionId, action: "update_span", data }));
    }
  }
  const cold = { short: [] as number[], long: [] as number[] };
  for (let n = 0; n < bench.pick(3, 1); n += 1) {
    for (const sessionId of ["short", "long"] as const) {
      await abortAll(edge);
      cold[sessionId].push(
        await page.timed(sessionId, { sessionId, action: "flush", data: { sessionId } }),
      );
    }
  }
  return {
    warm: { short: median(warm.short), long: median(warm.long) },
    cold: { short: median(cold.short), long: median(cold.long) },
  };
}
