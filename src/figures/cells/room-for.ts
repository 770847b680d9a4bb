import { OTHER } from "../../protocol/figures/dimensions.ts";

/** The name under which something is counted: its own, or that of all the rest where there are so many already. */
export function roomFor(known: object, name: string, most: number): string {
  // A name that every object has by birth would not be counted for itself.
  if (name === "__proto__") return OTHER;
  return Object.hasOwn(known, name) || Object.keys(known).length < most ? name : OTHER;
}
