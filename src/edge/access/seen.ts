// The objects that this isolate has called lately: what is not among them may be one that does not
// exist yet, and would cost. Forgetting one costs only a count.

/** A name takes about 100 bytes. */
const MAX_NAMES = 5000;

export interface Seen {
  has: (name: string) => boolean;
  add: (name: string) => void;
}

export function seenLately(max = MAX_NAMES): Seen {
  const names = new Set<string>();
  return {
    has: (name) => names.has(name),
    add: (name) => {
      // Again at the end: who comes often is remembered.
      names.delete(name);
      names.add(name);
      if (names.size <= max) return;
      const [oldest] = names;
      if (oldest !== undefined) names.delete(oldest);
    },
  };
}
