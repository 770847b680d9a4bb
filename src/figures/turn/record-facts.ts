// The facts of a record that the edge assembled. Pure.
import type { ObservationRecord, ScoreRecord } from "../../protocol/record.ts";
import { omitUndefined } from "./omit-undefined.ts";
import type { ObservationFacts, TraceLabels } from "./observation-facts.ts";
import { numbersIn } from "./numbers-in.ts";

export function recordFacts(record: ObservationRecord): ObservationFacts {
  const { traceId, type, name, startTime, endTime, fields } = record;
  const trace = traceLabels(record.trace);
  const own = new Map(record.metadata);
  return {
    traceId,
    root: record.root === true,
    type,
    name,
    startTime,
    endTime,
    trace,
    metadata: (key) => own.get(key) ?? trace.metadata.get(key),
    ...omitUndefined({
      level: fields.level,
      statusMessage: fields.statusMessage,
      model: fields.model,
      usage: numbersIn(fields.usageDetails),
      costs: numbersIn(fields.costDetails),
      completionStart: fields.completionStartTime,
    }),
  };
}

export function traceLabels(trace: NonNullable<ScoreRecord["labels"]>): TraceLabels {
  return {
    metadata: new Map(trace.metadata),
    ...omitUndefined({
      name: trace.name,
      session: trace.sessionId,
      user: trace.userId,
      release: trace.release,
      environment: trace.environment,
    }),
  };
}
