// From what was seen of an edge to what is wrong with it, and how to mend it. Pure: one function a check, in the
// order in which they are to be mended, since what fails first explains what follows.
import { DELIVERY_CHECKS } from "./delivery-checks.ts";
import { EDGE_CHECKS } from "./edge-checks.ts";
import type { Checks, Finding } from "./finding.ts";
import { PAGE_CHECKS } from "./page-checks.ts";
import type { Seen } from "./seen.ts";

const CHECKS: Checks = { ...EDGE_CHECKS, ...DELIVERY_CHECKS, ...PAGE_CHECKS };

export function findings(seen: Seen): Finding[] {
  const all: Finding[] = [];
  for (const [check, look] of Object.entries(CHECKS)) {
    const found = look(seen);
    if (found !== undefined) all.push({ check, ...found });
    // A server that is no edge has nothing else to be looked at.
    if (check === "address" && found?.state === "wrong") break;
  }
  return all;
}
