// The same turn in another number of requests: the recorded actions, in the same order, cut elsewhere.

interface Body {
  actions: unknown[];
}

/** As many requests as there are actions, flushes among them, or fewer. */
export function regroup(bodies: readonly string[], requests: number): string[] {
  const [first] = bodies;
  if (first === undefined || requests === bodies.length) return [...bodies];
  const envelope = JSON.parse(first) as Body;
  const actions = bodies.flatMap((body) => (JSON.parse(body) as Body).actions);
  return Array.from({ length: requests }, (_, n) => {
    const from = Math.floor((n * actions.length) / requests);
    const to = Math.floor(((n + 1) * actions.length) / requests);
    return JSON.stringify({ ...envelope, actions: actions.slice(from, to) });
  });
}
