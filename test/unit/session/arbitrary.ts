// Generated sessions: a few traces and clients, every kind of action, in a client's own order.
import fc from "fast-check";
import type { Action, Change, ScoreChange } from "../../../src/protocol/change.ts";
import {
  langfuseObservationId,
  langfuseTraceId,
  rootObservationId,
} from "../../../src/protocol/ids.ts";

/** The moment at which generated sessions arrive, epoch ms. */
export const NOW = Date.UTC(2026, 10, 22, 12);

const text = fc.string({ maxLength: 8 });

const fieldsArb = fc.record(
  {
    name: text,
    input: text,
    output: text,
    level: fc.constantFrom("DEBUG", "DEFAULT", "WARNING", "ERROR" as const),
    startTime: fc.integer({ min: NOW - 1000, max: NOW }),
    endTime: fc.integer({ min: NOW - 1000, max: NOW }),
    model: text,
    usageDetails: fc.nat(9).map((input) => JSON.stringify({ input, output: 2 * input })),
    costDetails: fc.nat(9).map((tenths) => JSON.stringify({ total: tenths / 10 })),
    prices: fc.constantFrom('{"input":1.1,"output":7}', '{"total":3}'),
  },
  { requiredKeys: [] },
);

const changeArb = fc
  .record({
    traceNo: fc.integer({ min: 0, max: 2 }),
    targetNo: fc.integer({ min: 0, max: 4 }),
    op: fc.constantFrom("create", "update", "end" as const),
    type: fc.constantFrom("span", "generation", "event", "tool" as const),
    fields: fieldsArb,
    metadata: fc.array(fc.tuple(fc.constantFrom("a", "b", "__proto__", "$map"), text), {
      maxLength: 3,
    }),
    tags: fc.array(fc.constantFrom("x", "y", "z"), { maxLength: 2 }),
    userId: fc.option(text, { nil: undefined }),
  })
  .map((made): Change => {
    const rawTrace = `ui2-${made.traceNo}`;
    const trace = langfuseTraceId(rawTrace);
    const root = made.targetNo === 0;
    const rawTarget = `span-${made.targetNo}`;
    return {
      kind: "change",
      op: made.op,
      trace,
      rawTrace,
      target: root ? rootObservationId(trace) : langfuseObservationId(trace, rawTarget),
      ...(root ? { root: true as const, tags: made.tags } : { rawTarget }),
      ...(!root && made.op === "create" ? { type: made.type } : {}),
      ...(root && made.userId !== undefined ? { traceFields: { userId: made.userId } } : {}),
      fields: made.fields,
      metadata: made.metadata,
    };
  });

const scoreArb = fc
  .record({
    traceNo: fc.integer({ min: 0, max: 2 }),
    id: fc.integer({ min: 0, max: 2 }),
    v: fc.nat(9),
  })
  .map(({ traceNo, id, v }): ScoreChange => ({
    kind: "score",
    trace: langfuseTraceId(`ui2-${traceNo}`),
    id: `score-${traceNo}-${id}`,
    body: JSON.stringify({ id: `score-${traceNo}-${id}`, name: "liked", value: v }),
  }));

export interface Sent {
  clientId: string;
  action: Action;
}

/** A session's actions: numbered from 1 per client, without gaps, each with its own `at`. */
export const sessionArb = fc
  .array(
    fc.record({
      client: fc.constantFrom("tab-a", "tab-b"),
      change: fc.oneof({ weight: 9, arbitrary: changeArb }, { weight: 1, arbitrary: scoreArb }),
      at: fc.integer({ min: NOW - 900, max: NOW }),
    }),
    { minLength: 1, maxLength: 40 },
  )
  .map((steps): Sent[] => {
    const next = new Map<string, number>();
    return steps.map(({ client, change, at }) => {
      const seq = (next.get(client) ?? 0) + 1;
      next.set(client, seq);
      return { clientId: client, action: { seq, at, change } };
    });
  });

/** The same actions in another order, some of them more than once. */
export const shuffledArb = (sent: Sent[]): fc.Arbitrary<Sent[]> =>
  fc
    .tuple(
      fc.shuffledSubarray(sent, { minLength: sent.length, maxLength: sent.length }),
      fc.array(fc.nat({ max: sent.length - 1 }), { maxLength: 10 }),
      fc.nat(),
    )
    .map(([order, repeats, cut]) => {
      const extra = repeats.flatMap((index) => sent.slice(index, index + 1));
      const place = cut % (order.length + 1);
      return [...order.slice(0, place), ...extra, ...order.slice(place), ...extra];
    });
