// The outcome of one lease as a settlement tells it, all at once or part by part. Pure.
import type { WireKind } from "../../langfuse/encode.ts";
import type { KindRetry, Settlement } from "../../protocol/session/settle-calls.ts";

export type LeaseOutcome = Pick<Settlement, "delivered" | "dead" | "setAside" | "retry">;
/** Of a lease of which some kinds still have undecided records. */
export type PartOutcome = LeaseOutcome & Required<Pick<Settlement, "keeps">>;

/** The reason why the rest of a kind is left. */
export interface Left extends KindRetry {
  /** Nothing was tried: a reason with a try replaces this one. */
  untried?: boolean;
}

/** The part of a lease's outcome that its object knows: the first so many of each list, and these kinds. */
export interface Told {
  delivered: number;
  dead: number;
  setAside: number;
  kinds: readonly WireKind[];
}

export const NOTHING_TOLD: Told = { delivered: 0, dead: 0, setAside: 0, kinds: [] };

/** @param open kinds of which records are still undecided: why the rest of them is left is told later */
export function untold(
  { delivered, dead, setAside = [] }: LeaseOutcome,
  left: ReadonlyMap<WireKind, Left>,
  told: Told,
  open: readonly WireKind[],
): { outcome: LeaseOutcome; told: Told } {
  const lefts = new Map([...left].filter(([kind]) => ![...open, ...told.kinds].includes(kind)));
  const aside = setAside.slice(told.setAside);
  const outcome: LeaseOutcome = {
    delivered: delivered.slice(told.delivered),
    dead: dead.slice(told.dead),
    ...(aside.length > 0 && { setAside: aside }),
    ...(lefts.size > 0 && { retry: retryOf(lefts) }),
  };
  return {
    outcome,
    told: {
      delivered: delivered.length,
      dead: dead.length,
      setAside: setAside.length,
      kinds: [...told.kinds, ...lefts.keys()],
    },
  };
}

/** The kinds that are left; for an object that knows of one reason, the first that was tried. */
export function retryOf(lefts: ReadonlyMap<WireKind, Left>): NonNullable<Settlement["retry"]> {
  const all = [...lefts.values()];
  const [first = { reason: "not_tried" as const }] = [
    ...all.filter(({ untried }) => !untried),
    ...all,
  ];
  const { reason, afterMs } = first;
  const differ = all.some(
    (one) => one.alone || one.passes || one.reason !== reason || one.afterMs !== afterMs,
  );
  return {
    reason,
    ...(afterMs !== undefined && { afterMs }),
    kinds: [...lefts.keys()],
    ...(differ && {
      byKind: Object.fromEntries([...lefts].map(([kind, left]) => [kind, kindRetry(left)])),
    }),
  };
}

function kindRetry({ reason, afterMs, alone, passes }: Left): KindRetry {
  return {
    reason,
    ...(afterMs !== undefined && { afterMs }),
    ...(alone && { alone }),
    ...(passes && { passes }),
  };
}
