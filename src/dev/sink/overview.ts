// What pages poll: traces with the bars of their waterfalls, and what is wrong.
import type { BriefObservation } from "./observation.ts";
import type { Behaviour, RequestCounts, SeenFinding, SinkCalls } from "./calls.ts";
import type { SeenTrace, TraceNode } from "./trace.ts";

/** Nodes of one trace that a list shows; the rest is told by number. */
const LISTED_NODES = 200;

/** A trace as it is drawn. */
export interface DrawnTrace<O = BriefObservation> extends Omit<SeenTrace<O>, "nodes"> {
  nodes: (TraceNode<O> & { bar: Bar })[];
  /** Observations that are left out. */
  more: number;
}

export interface Overview {
  counts: RequestCounts;
  behaviour: Behaviour;
  findings: SeenFinding[];
  traces: DrawnTrace[];
}

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

export interface Bar {
  left: number;
  width: number;
  /** The first token, if there was one. */
  mark?: number;
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
