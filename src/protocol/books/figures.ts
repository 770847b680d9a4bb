// Figures of the books: counts by name, added and subtracted. Pure. Counts are of actions, but for
// `refused:` and `given_up:`, which never became one that was accepted.

/**
 * `accepted`, `delivered`, `dead`, `pending`, `dropped:<reason>`; and beside them `refused:<code>` and
 * `given_up:<reason>`. A name that is absent is 0.
 */
export type Figures = Readonly<Record<string, number>>;

/** Names with a reason behind them. */
export type FigureGroup = "dropped" | "refused" | "given_up";

export function addFigures(some: Figures, more: Figures): Figures {
  return combined(some, more, 1);
}

/** The difference that has to be added to `before` to get `now`. */
export function differenceOf(now: Figures, before: Figures): Figures {
  return combined(now, before, -1);
}

export function isNone(figures: Figures): boolean {
  return Object.keys(figures).length === 0;
}

/** Of a group: the counts by reason or code. */
export function byReason(figures: Figures, group: FigureGroup): Record<string, number> {
  const prefix = `${group}:`;
  const own = Object.entries(figures).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(own.map(([name, count]) => [name.slice(prefix.length), count]));
}

export function sumOf(figures: Figures, group: FigureGroup): number {
  return Object.values(byReason(figures, group)).reduce((sum, count) => sum + count, 0);
}

/** Accepted actions of which nobody knows where they are: 0, or a fault. */
export function balanceOf(figures: Figures): number {
  const { accepted = 0, delivered = 0, dead = 0, pending = 0 } = figures;
  return accepted - delivered - dead - sumOf(figures, "dropped") - pending;
}

function combined(some: Figures, more: Figures, sign: 1 | -1): Figures {
  const result: Record<string, number> = { ...some };
  for (const [name, count] of Object.entries(more)) {
    const sum = (result[name] ?? 0) + sign * count;
    if (sum === 0) delete result[name];
    else result[name] = sum;
  }
  return result;
}
