// What the sink answers an export or a score with, what it keeps of it, and which finding it has.
import type { FindingKind } from "../../../../../src/dev/sink/inspect/finding.ts";
import { exportOf, scoreEvent, span, TRACE } from "../exports.ts";
import { OTLP, type Sent, type SinkUnderTest, sinkUnderTest } from "../sink-under-test.ts";

export const INGESTION = "/sink/api/public/ingestion";
export const SCORE = { id: "s1", traceId: TRACE, name: "helpful", value: 1 };

export const kindsOf = async ({ sink }: SinkUnderTest): Promise<FindingKind[]> =>
  (await sink.findings()).map(({ kind }) => kind).toReversed();

/** The status of an export's answer, and what the sink says of it. */
export async function exported(body: unknown, sent: Sent = {}) {
  const under = sinkUnderTest();
  const answer = await under.send(OTLP, { body, ...sent });
  const text = await answer.text();
  const kept = (await under.sink.trace(TRACE))?.nodes.map(({ observation }) => observation) ?? [];
  return { status: answer.status, text, kept, kinds: await kindsOf(under) };
}
export const withAttributes = (values: Record<string, unknown>) =>
  exported(exportOf(span({}, values)));

export async function scored(body: object | undefined) {
  const under = sinkUnderTest();
  const answer = await under.send(INGESTION, { body: { batch: [{ ...scoreEvent({}), body }] } });
  const told = await answer.json<{ successes: object[]; errors: object[] }>();
  const scores = (await under.sink.trace(TRACE))?.scores ?? [];
  return { status: answer.status, ...told, scores, kinds: await kindsOf(under) };
}
