// A trace as Langfuse shows it: nothing but its observations, hung under their parents. In the order
// of the tree as a flat list with depths, so that no nesting is too deep to send or to draw. Pure.
import type { BriefObservation, KeptScore, SeenTrace, TraceNode } from "./answers.ts";

/** One stored copy, and how often it came byte for byte. */
export interface StoredObservation<O> {
  observation: O;
  times: number;
}

/** Copies with the same id and start merge, the last whole; with another start both stay. */
function merged<O extends BriefObservation>(
  stored: readonly StoredObservation<O>[],
): TraceNode<O>[] {
  const nodes = new Map<string, TraceNode<O>>();
  for (const { observation, times } of stored) {
    const key = JSON.stringify([observation.id, observation.startTime]);
    const copies = (nodes.get(key)?.copies ?? 0) + times;
    nodes.set(key, { observation, depth: 0, orphan: false, copies });
  }
  return [...nodes.values()].sort(byTime);
}

const byTime = <O extends BriefObservation>(a: TraceNode<O>, b: TraceNode<O>): number =>
  a.observation.startTime - b.observation.startTime ||
  a.observation.endTime - b.observation.endTime;

/** Parents first. What stands in a circle of parents is shown as orphaned, once. */
function inTreeOrder<O extends BriefObservation>(nodes: readonly TraceNode<O>[]): TraceNode<O>[] {
  const ids = new Set(nodes.map((node) => node.observation.id));
  const children = new Map<string, TraceNode<O>[]>();
  const tops: TraceNode<O>[] = [];
  for (const node of nodes) {
    const { id, parentId, root } = node.observation;
    if (parentId === undefined || parentId === id || !ids.has(parentId)) {
      node.orphan = !root;
      tops.push(node);
    } else {
      const siblings = children.get(parentId);
      if (siblings) siblings.push(node);
      else children.set(parentId, [node]);
    }
  }
  const ordered = new Set<TraceNode<O>>();
  const descend = (top: TraceNode<O>): void => {
    const waiting = [top];
    for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
      if (ordered.has(node)) continue;
      ordered.add(node);
      const { id } = node.observation;
      const below = children.get(id) ?? [];
      children.delete(id);
      for (const child of below.toReversed()) {
        if (ordered.has(child)) continue;
        child.depth = node.depth + 1;
        waiting.push(child);
      }
    }
  };
  for (const top of tops) descend(top);
  for (const node of nodes) {
    if (ordered.has(node)) continue;
    node.orphan = true;
    node.depth = 0;
    descend(node);
  }
  return [...ordered];
}

/** The trace that stored observations and scores make up; undefined where there is neither. */
export function readTrace<O extends BriefObservation>(
  id: string,
  stored: readonly StoredObservation<O>[],
  scores: readonly KeptScore[],
): SeenTrace<O> | undefined {
  if (stored.length === 0 && scores.length === 0) return undefined;
  const nodes = inTreeOrder(merged(stored));
  const all = nodes.map((node) => node.observation);
  const roots = all.filter((observation) => observation.root);
  const firstOf = <T>(read: (observation: O) => T | undefined): T | undefined => {
    for (const observation of [...roots, ...all]) {
      const value = read(observation);
      if (value !== undefined) return value;
    }
    return undefined;
  };
  const startTime = earliest(all.map((observation) => observation.startTime)) ?? 0;
  const endTime = all.reduce((latest, { endTime: end }) => Math.max(latest, end), startTime);
  const firstToken = earliest(
    all.flatMap(({ completionStartTime: time }) => (time === undefined ? [] : [time])),
  );
  const sessionId =
    firstOf((observation) => observation.sessionId) ??
    scores.find((score) => score.sessionId)?.sessionId;
  const userId = firstOf((observation) => observation.userId);
  const release = firstOf((observation) => observation.release);
  return {
    id,
    name: firstOf((observation) => observation.traceName) ?? (roots[0] ?? all[0])?.name ?? "",
    ...(sessionId !== undefined && { sessionId }),
    ...(userId !== undefined && { userId }),
    tags: [...new Set(all.flatMap((observation) => observation.tags))],
    environment: firstOf((observation) => observation.environment) ?? "default",
    ...(release !== undefined && { release }),
    startTime,
    endTime,
    latencyMs: endTime - startTime,
    ...(firstToken !== undefined && { timeToFirstTokenMs: firstToken - startTime }),
    roots: [...new Set(roots.map((root) => root.id))],
    nodes,
    scores: [...scores],
  };
}

function earliest(times: readonly number[]): number | undefined {
  let smallest = times[0];
  for (const time of times) if (smallest !== undefined && time < smallest) smallest = time;
  return smallest;
}
