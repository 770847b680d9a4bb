import { isDeepStrictEqual } from "node:util";
import type { Facts } from "./read-span.ts";

export interface Difference {
  /** Name of the span, or number of the request. */
  of: string;
  fact: string;
  sdk: unknown;
  edge: unknown;
}

/** Everything in which two readings differ, what only one of them has included. */
export function differences(
  sdk: ReadonlyMap<string, Facts>,
  edge: ReadonlyMap<string, Facts>,
): Difference[] {
  return [...new Set([...sdk.keys(), ...edge.keys()])].flatMap((of) => {
    const [left, right] = [sdk.get(of) ?? {}, edge.get(of) ?? {}];
    return [...new Set([...Object.keys(left), ...Object.keys(right)])]
      .filter((fact) => !isDeepStrictEqual(left[fact], right[fact]))
      .map((fact) => ({ of, fact, sdk: left[fact], edge: right[fact] }));
  });
}
