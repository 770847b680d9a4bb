// Queue messages -> the objects to ask, by project. Pure. A claim is only a hint: one that is
// doubled is asked once, one that can't be read is counted and forgotten (its object claims again).

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
    sets.set(claim.project, objects.add(claim.object));
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
