// Counts by names that strangers chose, in plain objects, as they are stored and sent. Such a name may be one that
// every object has by birth: it is looked up as the object's own alone. Pure.
import { OTHER } from "../../protocol/figures/dimensions.ts";

/** The name under which something is counted: its own, or that of all the rest where there are so many already. */
export function roomFor(known: object, name: string, most: number): string {
  // No key of a plain object can be set by this name.
  if (name === "__proto__") return OTHER;
  return Object.hasOwn(known, name) || Object.keys(known).length < most ? name : OTHER;
}

export function ownOf<V>(known: Readonly<Record<string, V>>, name: string): V | undefined {
  return Object.hasOwn(known, name) ? known[name] : undefined;
}
