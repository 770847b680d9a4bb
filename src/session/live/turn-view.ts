// What a watcher is told of a turn: its frame as it is known now, and the observations that changed. Costs what
// changed, not what the turn has. No I/O, no clock.
import {
  type LiveObservation,
  type LiveScore,
  type LiveTurn,
  MAX_LIVE_LABELS,
  MAX_LIVE_OBSERVATIONS,
} from "../../protocol/live.ts";
import { isSpanRecord, type SealedRecord } from "../../protocol/record.ts";
import type { Draft, Trace } from "../assembly/assembly-state.ts";
import type { SessionState } from "../state.ts";
import type { Changed } from "./changes.ts";
import {
  cutName,
  numberIn,
  objectIn,
  ofDraft,
  ofRecord,
  ofScore,
  textOf,
} from "./observation-view.ts";
import { ofSpan } from "./span-view.ts";

const EXPERIMENT = "experiment_";

export function turnView(
  state: SessionState,
  traceId: string,
  changed: Changed,
  content: boolean,
): LiveTurn {
  const { targets } = changed;
  const records = [...changed.records];
  const trace = state.openTraces.get(traceId) ?? state.sealedTraces.get(traceId);
  const observations: LiveObservation[] = [];
  const scores: LiveScore[] = [];
  const add = (score: LiveScore | undefined): void => {
    if (score !== undefined) scores.push(score);
  };
  for (const target of trace === undefined ? [] : targets) {
    const draft = trace?.drafts.get(target);
    if (trace && draft?.created === true) observations.push(ofDraft(draft, trace, content));
    const score = trace?.scores.get(target);
    if (score !== undefined) add(ofScore(score.id, score.body.v, content));
  }
  for (const record of records) {
    if (record.kind === "score") add(ofScore(record.id, record.body, content));
    else observations.push(isSpanRecord(record) ? ofSpan(record) : ofRecord(record, content));
  }
  const failed = observations.some(({ level }) => level === "ERROR");
  const left = observations.length - MAX_LIVE_OBSERVATIONS;
  return {
    traceId,
    ...frame(state, trace, records, observations),
    ...(failed && { failed: true as const }),
    ...(scores.length > 0 && { scores }),
    observations: left > 0 ? observations.slice(0, MAX_LIVE_OBSERVATIONS) : observations,
    ...(left > 0 && { more: left }),
  };
}

type Frame = Omit<LiveTurn, "traceId" | "observations">;

function frame(
  { settings }: SessionState,
  trace: Trace | undefined,
  records: readonly SealedRecord[],
  observations: readonly LiveObservation[],
): Frame {
  const startTime = observations.reduce((first, one) => Math.min(first, one.startTime), Infinity);
  const base: Frame = {
    partial: true,
    state: "open",
    startTime: startTime === Infinity ? (trace?.lastArrival ?? 0) : startTime,
    ...(records.some(({ sampledOut }) => sampledOut) && { sampledOut: true as const }),
  };
  if (trace === undefined) return base;
  const { partial: _partial, ...whole } = base;
  const named = { ...labels(trace), ...(trace.raw !== undefined && { rawTraceId: trace.raw }) };
  const environment = textOf(trace.fields.get("environment")) ?? settings.environment;
  const release = textOf(trace.fields.get("release")) ?? settings.release;
  const common = {
    ...named,
    ...(environment !== undefined && { environment: cutName(environment) }),
    ...(release !== undefined && { release: cutName(release) }),
  };
  const draft = topOf(trace);
  if (draft !== undefined) {
    const { startTime: told, endTime } = timesOf(draft);
    return {
      ...whole,
      ...common,
      startTime: told,
      ...(endTime !== undefined && { state: "ended" as const, endTime }),
      ...endOf(new Map(Array.from(draft.metadata, ([key, { v }]) => [key, v]))),
    };
  }
  const root = records.find((one) => one.kind === "observation" && "root" in one && one.root);
  if (root === undefined || root.kind !== "observation" || isSpanRecord(root)) {
    return { ...base, ...common };
  }
  return {
    ...whole,
    ...common,
    state: "ended",
    startTime: root.startTime,
    endTime: root.endTime,
    ...(trace.endedSince === undefined && { idle: true as const }),
    ...endOf(new Map(root.metadata)),
  };
}

function topOf({ drafts, rootId, legacy }: Trace): Draft | undefined {
  const root = drafts.get(rootId) ?? drafts.get(legacy?.record ?? "");
  return root?.created === true ? root : undefined;
}

function timesOf({ fields, createdAt, lastAt }: Draft): { startTime: number; endTime?: number } {
  const [start, end] = [fields.get("startTime")?.v, fields.get("endTime")?.v];
  return {
    startTime: typeof start === "number" ? start : (createdAt ?? lastAt),
    ...(typeof end === "number" && { endTime: end }),
  };
}

/** What the browser library tells of a turn with its end. */
function endOf(metadata: ReadonlyMap<string, string>): Pick<LiveTurn, "outcome" | "latencies"> {
  const outcome = metadata.get("outcome");
  const latencies = Object.entries(objectIn(metadata.get("latencies") ?? ""))
    .map(([name, value]) => [cutName(name), numberIn(String(value))] as const)
    .filter(([, value]) => value !== undefined)
    .slice(0, MAX_LIVE_LABELS);
  return {
    ...(outcome !== undefined && { outcome: cutName(outcome) }),
    ...(latencies.length > 0 && {
      latencies: Object.fromEntries(latencies) as Record<string, number>,
    }),
  };
}

function labels({ fields, tags, metadata }: Trace): Partial<LiveTurn> {
  const named: Record<string, string> = {};
  for (const name of ["name", "sessionId", "userId", "version"] as const) {
    const text = textOf(fields.get(name));
    if (text !== undefined) named[name] = cutName(text);
  }
  const variants = [...metadata]
    .filter(([key]) => key.startsWith(EXPERIMENT))
    .slice(0, MAX_LIVE_LABELS)
    .map(([key, { v }]) => [cutName(key.slice(EXPERIMENT.length)), cutName(v)] as const);
  const source = textOf(metadata.get("source"));
  return {
    ...named,
    ...(tags.length > 0 && { tags: tags.slice(0, MAX_LIVE_LABELS).map(cutName) }),
    ...(variants.length > 0 && { variants: Object.fromEntries(variants) }),
    ...(source !== undefined && { source: cutName(source) }),
  };
}
