// What the page polls: the newest traces with the bars of their waterfalls, and what is wrong.
import type { BriefObservation } from "./brief.ts";
import type { Behaviour, RequestCounts, SeenFinding, SinkCalls } from "./calls.ts";
import type { SeenTrace, TraceNode } from "./trace.ts";
import { type Bar, barOf } from "./waterfall.ts";

/** Nodes of one trace that a list shows; the rest is told by number. */
const LISTED_NODES = 200;

export interface ListedTrace extends Omit<SeenTrace<BriefObservation>, "nodes"> {
  nodes: (TraceNode<BriefObservation> & { bar: Bar })[];
  /** Observations that the list leaves out. */
  more: number;
}

export interface Overview {
  counts: RequestCounts;
  behaviour: Behaviour;
  findings: SeenFinding[];
  traces: ListedTrace[];
}

function listed(trace: SeenTrace<BriefObservation>): ListedTrace {
  const nodes = trace.nodes
    .slice(0, LISTED_NODES)
    .map((node) => Object.assign(node, { bar: barOf(node.observation, trace) }));
  return { ...trace, nodes, more: trace.nodes.length - nodes.length };
}

export async function overview(sink: SinkCalls, limit: number): Promise<Overview> {
  const traces = await sink.traces(limit);
  return {
    counts: await sink.requests(),
    behaviour: await sink.behaviour(),
    findings: await sink.findings(),
    traces: traces.map(listed),
  };
}
