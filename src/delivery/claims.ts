// Queue messages -> the objects to ask, by project, and back. Pure. A claim is only a hint: one that is
// doubled is asked once, one that can't be read is counted and forgotten (its object claims again).
import type { Claim } from "../protocol/session-calls.ts";

/** Most objects of a message: a consumer's batch of a hundred messages stays within one pass. */
const OBJECTS_A_MESSAGE = 20;

/** As few messages as claim all of these. */
export function claimsFor(project: string, objects: readonly string[]): Claim[] {
  const claims: Claim[] = [];
  for (let from = 0; from < objects.length; from += OBJECTS_A_MESSAGE) {
    const [object = "", ...more] = objects.slice(from, from + OBJECTS_A_MESSAGE);
    claims.push({ v: 1, project, object, ...(more.length > 0 && { more }) });
  }
  return claims;
}

export interface ClaimedObjects {
  /** Ids of objects by the project's public key, each once, in the order claimed. */
  byProject: Map<string, string[]>;
  malformed: number;
}

export function claimedObjects(claims: readonly unknown[]): ClaimedObjects {
  const sets = new Map<string, Set<string>>();
  let malformed = 0;
  for (const claim of claims) {
    if (!isClaim(claim)) {
      malformed += 1;
      continue;
    }
    const objects = sets.get(claim.project) ?? new Set();
    for (const object of [claim.object, ...othersOf(claim)]) objects.add(object);
    sets.set(claim.project, objects);
  }
  const byProject = new Map(Array.from(sets, ([project, objects]) => [project, [...objects]]));
  return { byProject, malformed };
}

/** Any version with these two fields: claims only grow. */
function isClaim(value: unknown): value is { project: string; object: string } {
  if (typeof value !== "object" || value === null) return false;
  if (!("project" in value) || !("object" in value)) return false;
  const { project, object } = value;
  return typeof project === "string" && typeof object === "string" && object !== "";
}

function othersOf(claim: object): string[] {
  const more: unknown = "more" in claim ? claim.more : undefined;
  if (!Array.isArray(more)) return [];
  return more.filter((object): object is string => typeof object === "string" && object !== "");
}
