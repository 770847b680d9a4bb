// The errors part: groups by fingerprint. Pure.
import type { FiguresAnswer } from "../../protocol/figures/figures-answer.ts";
import type { ErrorsBody } from "../../protocol/figures/figures-body.ts";
import type { Steps } from "./speed.ts";

const MAX_GROUPS = 100;

export function errorsBody({ errors, groups }: FiguresAnswer, steps: Steps): ErrorsBody {
  const inRange = (fingerprint: string): number => ownCount(errors, fingerprint);
  const shown = groups
    .filter(({ fingerprint }) => inRange(fingerprint) > 0)
    .sort((a, b) => inRange(b.fingerprint) - inRange(a.fingerprint) || b.last - a.last)
    .slice(0, MAX_GROUPS);
  const all = Object.values(errors).reduce((sum, count) => sum + count, 0);
  const own = shown.reduce((sum, { fingerprint }) => sum + inRange(fingerprint), 0);
  return {
    groups: shown.map(({ fingerprint, type, message, stack, count, first, last, ...rest }) => ({
      fingerprint,
      type,
      message,
      stack: stack ?? null,
      count: inRange(fingerprint),
      total: count,
      firstSeen: new Date(first).toISOString(),
      lastSeen: new Date(last).toISOString(),
      releases: rest.releases,
      assistants: rest.assistants,
      exampleTrace: rest.trace,
      series: steps.map((step) => ownCount(step?.errors ?? {}, fingerprint)),
    })),
    other: all - own,
  };
}

function ownCount(counts: Readonly<Record<string, number>>, name: string): number {
  return Object.hasOwn(counts, name) ? (counts[name] ?? 0) : 0;
}
