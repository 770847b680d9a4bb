// What arrived in the development edge's embedded sink, which is as strict as Langfuse.
import type {
  Overview,
  SeenFinding,
  SeenObservation,
  SeenTrace,
} from "../../../src/dev/sink/view/answers.ts";
import { until } from "../../support/until.ts";

const get = async <T>(url: string): Promise<T> => {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
  return response.json<T>();
};

/** The traces of a session that have their root, newest first. */
export async function tracesOf(edge: string, sessionId: string): Promise<SeenTrace[]> {
  const { traces } = await get<Overview>(`${edge}/sink/traces?limit=500`);
  const complete = traces.filter((trace) => trace.sessionId === sessionId && trace.roots[0]);
  return Promise.all(complete.map(({ id }) => get<SeenTrace>(`${edge}/sink/traces/${id}`)));
}

/** Resolves when the session has so many whole traces; each with as many observations as it says. */
export function tracesArrived(edge: string, sessionId: string, count = 1): Promise<SeenTrace[]> {
  return until(async () => {
    const traces = await tracesOf(edge, sessionId);
    return traces.length >= count && traces;
  });
}

export async function traceArrived(edge: string, sessionId: string): Promise<SeenTrace> {
  const [trace, ...others] = await tracesArrived(edge, sessionId);
  if (trace === undefined || others.length > 0) throw new Error(`${others.length + 1} traces`);
  return trace;
}

/** Resolves when the trace has so many observations. */
export const traceGrown = (edge: string, id: string, count: number): Promise<SeenTrace> =>
  until(async () => {
    const trace = await get<SeenTrace>(`${edge}/sink/traces/${id}`);
    return trace.nodes.length >= count && trace;
  });

export const findings = (edge: string): Promise<SeenFinding[]> => get(`${edge}/sink/findings`);

/** The tree in words: each name below its parent, indented, siblings by their begin. */
export const treeOf = ({ nodes }: SeenTrace): string[] =>
  nodes.map(({ depth, observation }) => `${"  ".repeat(depth)}${observation.name}`);

export function observationOf(trace: SeenTrace, name: string): SeenObservation {
  const found = trace.nodes.filter(({ observation }) => observation.name === name);
  const [node] = found;
  if (node === undefined || found.length > 1) throw new Error(`${found.length} times ${name}`);
  return node.observation;
}
