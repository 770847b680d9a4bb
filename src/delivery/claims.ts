// Queue messages -> the objects to ask, by project, and back. Pure. A claim is only a hint: one that is
// doubled is asked once, one that can't be read is counted and forgotten (its object claims again).
import type { Claim } from "../protocol/session/lease-calls.ts";

/** Most objects of a message: a consumer's batch of a hundred messages stays within one pass. */
const OBJECTS_A_MESSAGE = 20;
/** In a message, for an object that reserved no lease. */
const NONE = 0;

/** An object that has something, and the lease that it reserved for this claim. */
export interface Claimed {
  object: string;
  reservation?: number;
}

/** As few messages as claim all of these. */
export function claimsFor(project: string, claimed: readonly Claimed[]): Claim[] {
  const claims: Claim[] = [];
  for (let from = 0; from < claimed.length; from += OBJECTS_A_MESSAGE) {
    const some = claimed.slice(from, from + OBJECTS_A_MESSAGE);
    const [object = "", ...more] = some.map((one) => one.object);
    const reservations = some.map(({ reservation = NONE }) => reservation);
    claims.push({
      v: 1,
      project,
      object,
      ...(more.length > 0 && { more }),
      ...(reservations.some((one) => one !== NONE) && { reservations }),
    });
  }
  return claims;
}

export interface ClaimedObjects {
  /** By the project's public key, each object once, in the order claimed. */
  byProject: Map<string, Claimed[]>;
  malformed: number;
}

export function claimedObjects(claims: readonly unknown[]): ClaimedObjects {
  const found = new Map<string, Map<string, number>>();
  let malformed = 0;
  for (const claim of claims) {
    if (!isClaim(claim)) {
      malformed += 1;
      continue;
    }
    const objects = found.get(claim.project) ?? new Map<string, number>();
    for (const [place, object] of [claim.object, ...listIn(claim, "more")].entries()) {
      if (typeof object !== "string" || object === "") continue;
      // Of two claims for one object the later reservation is the one that can still stand.
      const reservation = Math.max(objects.get(object) ?? NONE, reservationIn(claim, place));
      objects.set(object, reservation);
    }
    found.set(claim.project, objects);
  }
  const byProject = new Map(Array.from(found, ([project, objects]) => [project, listOf(objects)]));
  return { byProject, malformed };
}

function listOf(objects: ReadonlyMap<string, number>): Claimed[] {
  return Array.from(objects, ([object, reservation]) =>
    reservation === NONE ? { object } : { object, reservation },
  );
}

/** Any version with these two fields: claims only grow. */
function isClaim(value: unknown): value is { project: string; object: string } {
  if (typeof value !== "object" || value === null) return false;
  if (!("project" in value) || !("object" in value)) return false;
  const { project, object } = value;
  return typeof project === "string" && typeof object === "string" && object !== "";
}

function listIn(claim: object, name: "more" | "reservations"): unknown[] {
  const list: unknown = (claim as Partial<Record<typeof name, unknown>>)[name];
  return Array.isArray(list) ? list : [];
}

function reservationIn(claim: object, place: number): number {
  const reservation = listIn(claim, "reservations")[place];
  return Number.isSafeInteger(reservation) ? Number(reservation) : NONE;
}
