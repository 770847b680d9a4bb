// Parts of a trace in the order of its tree, as a flat list with depths: parents before their children, siblings
// by their start. Each part stands once, whatever its parents say. Pure.

export interface TreePart {
  id: string;
  parentId?: string | undefined;
  /** Epoch ms. */
  startMs: number;
}

export interface Placed<P> {
  part: P;
  depth: number;
}

/** The number of columns that the deepest parts are indented by, at most. */
export const MAX_DEPTH = 8;

/** A part whose parent is not among them, or that stands in a circle, stands at the top. */
export function inTreeOrder<P extends TreePart>(parts: readonly P[]): Placed<P>[] {
  const byStart = parts.toSorted((a, b) => a.startMs - b.startMs);
  const ids = new Set(parts.map(({ id }) => id));
  const children = new Map<string, P[]>();
  const tops: P[] = [];
  for (const part of byStart) {
    const { id, parentId } = part;
    if (parentId === undefined || parentId === id || !ids.has(parentId)) tops.push(part);
    else {
      const siblings = children.get(parentId);
      if (siblings === undefined) children.set(parentId, [part]);
      else siblings.push(part);
    }
  }
  const placed: Placed<P>[] = [];
  const done = new Set<P>();
  const descend = (top: P): void => {
    const waiting: Placed<P>[] = [{ part: top, depth: 0 }];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const { part, depth } = next;
      if (done.has(part)) continue;
      done.add(part);
      placed.push(next);
      const below = children.get(part.id) ?? [];
      for (const child of below.toReversed()) {
        waiting.push({ part: child, depth: Math.min(depth + 1, MAX_DEPTH) });
      }
    }
  };
  for (const top of tops) descend(top);
  // What is left stands in circles.
  for (const part of byStart) if (!done.has(part)) descend(part);
  return placed;
}
