// The overview that pages show: traces with the bars of their waterfalls, and what is wrong.
import type { Bar, BriefObservation, DrawnTrace, Overview, SeenTrace } from "./answers.ts";
import type { SinkCalls } from "../calls.ts";

/** Nodes of one trace that a list shows; the rest is told by number. */
const LISTED_NODES = 200;

/** The bars to a trace; `most`: observations. */
export function drawn<O extends BriefObservation>(
  trace: SeenTrace<O>,
  most = Number.POSITIVE_INFINITY,
): DrawnTrace<O> {
  const nodes = trace.nodes
    .slice(0, most)
    .map((node) => Object.assign(node, { bar: barOf(node.observation, trace) }));
  return { ...trace, nodes, more: trace.nodes.length - nodes.length };
}

export async function overview(sink: SinkCalls, limit: number): Promise<Overview> {
  const traces = await sink.traces(limit);
  return {
    counts: await sink.requests(),
    behaviour: await sink.behaviour(),
    findings: await sink.findings(),
    traces: traces.map((trace) => drawn(trace, LISTED_NODES)),
  };
}

interface Times {
  startTime: number;
  endTime: number;
  completionStartTime?: number;
}

const percent = (part: number, whole: number): number =>
  whole > 0 ? Math.min(100, Math.max(0, Math.round((part / whole) * 10_000) / 100)) : 0;

/** Always inside the frame, whatever the times are. */
export function barOf(observation: Times, trace: Times): Bar {
  const whole = trace.endTime - trace.startTime;
  const left = percent(observation.startTime - trace.startTime, whole);
  const right = percent(observation.endTime - trace.startTime, whole);
  const first = observation.completionStartTime;
  return {
    left,
    width: Math.max(0, Math.round((right - left) * 100) / 100),
    ...(first !== undefined && { mark: percent(first - trace.startTime, whole) }),
  };
}
