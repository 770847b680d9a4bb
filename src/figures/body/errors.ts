// The errors part: groups by fingerprint. An error's words may quote what a user wrote: without the right to see
// payloads a reader is shown its type, and where it came from. Pure.
import type { FiguresAnswer } from "../../protocol/figures/figures-answer.ts";
import type { ErrorsBody } from "../../protocol/figures/body/errors.ts";
import { framesIn } from "./frames.ts";
import type { Steps } from "./speed.ts";

const MAX_GROUPS = 100;
/** A type is what a program names so; of anything else nobody knows what it says. */
const TYPE = /^[A-Za-z_$][\w$.:-]*$/;

/** @param content whether words are shown */
export function errorsBody(
  { errors, groups }: FiguresAnswer,
  steps: Steps,
  content: boolean,
): ErrorsBody {
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
      ...(content
        ? { type, message, stack: stack ?? null }
        : {
            type: TYPE.test(type) ? type : "Error",
            message: null,
            stack: framesIn(stack ?? "") ?? null,
          }),
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
