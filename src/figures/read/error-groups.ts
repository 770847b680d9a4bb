// The groups of a project's errors, by fingerprint, bounded: the one that was not seen for longest makes room. Pure.
import type { ErrorGroup } from "../../protocol/figures/cells.ts";
import type { TurnFigures } from "../../protocol/figures/turn-figures.ts";

/** At some 3 KB each they fit one row. */
export const MAX_GROUPS = 200;
/** Releases and assistants that a group names. */
const MAX_NAMES = 10;

export type ErrorGroups = Record<string, ErrorGroup>;

/** Adds the errors of a turn, in place; true where there were some. */
export function addErrors(groups: ErrorGroups, figures: TurnFigures, at: number): boolean {
  const { errors = [], release, assistant, trace } = figures;
  for (const { fingerprint, type, message, stack, count } of errors) {
    const known = groups[fingerprint];
    const isLatest = known === undefined || at >= known.last;
    groups[fingerprint] = {
      ...(known ?? { fingerprint, type, message, ...(stack !== undefined && { stack }) }),
      count: (known?.count ?? 0) + count,
      first: Math.min(known?.first ?? at, at),
      last: Math.max(known?.last ?? at, at),
      releases: withName(known?.releases, release),
      assistants: withName(known?.assistants, assistant),
      trace: isLatest ? trace : known.trace,
    };
  }
  forgetOldest(groups);
  return errors.length > 0;
}

/** The groups of several objects as one list, the latest first. */
export function mergeGroups(lists: readonly (readonly ErrorGroup[])[]): ErrorGroup[] {
  const merged = new Map<string, ErrorGroup>();
  for (const group of lists.flat()) {
    const known = merged.get(group.fingerprint);
    merged.set(group.fingerprint, known === undefined ? group : joined(known, group));
  }
  return [...merged.values()].sort((a, b) => b.last - a.last || byName(a, b));
}

function joined(one: ErrorGroup, other: ErrorGroup): ErrorGroup {
  const [later, earlier] = one.last >= other.last ? [one, other] : [other, one];
  return {
    ...earlier,
    ...later,
    count: one.count + other.count,
    first: Math.min(one.first, other.first),
    releases: [...new Set([...later.releases, ...earlier.releases])].slice(0, MAX_NAMES),
    assistants: [...new Set([...later.assistants, ...earlier.assistants])].slice(0, MAX_NAMES),
  };
}

function withName(names: readonly string[] = [], name: string | undefined): string[] {
  if (name === undefined) return [...names];
  return [name, ...names.filter((one) => one !== name)].slice(0, MAX_NAMES);
}

function forgetOldest(groups: ErrorGroups): void {
  const all = Object.values(groups);
  if (all.length <= MAX_GROUPS) return;
  const oldest = all
    .sort((a, b) => a.last - b.last || byName(a, b))
    .slice(0, all.length - MAX_GROUPS);
  for (const { fingerprint } of oldest) delete groups[fingerprint];
}

function byName(a: ErrorGroup, b: ErrorGroup): number {
  return a.fingerprint < b.fingerprint ? -1 : 1;
}
