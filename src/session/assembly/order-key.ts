// Last write wins, among several writes of one value. A client's own numbers order what it wrote, whatever its
// clock says; between clients the later moment wins. No I/O, no clock.

/**
 * The order of an action: a create ranks before updates (Langfuse's own rule), then the client's number
 * (the moment, where it gave none); between clients, the moment.
 */
export type OrderKey = readonly [rank: number, at: number, client: string, seq: number];

/** A value and the order key of the action that wrote it. */
export interface Write<T> {
  v: T;
  s: OrderKey;
}

/** The write that stands, and the latest ones of other clients: the same in whatever order they come. */
export interface Register<T> extends Write<T> {
  rest?: Write<T>[];
}

/** Clients of one value whose latest writes are kept: two tabs and a backend, with room. */
const MAX_WRITERS = 8;

/** Of writes that nobody numbered: their moments order them. */
export const UNNUMBERED = "";

/** Of one client's writes; negative when `a` comes first. */
function compareOwn(a: OrderKey, b: OrderKey): number {
  const byTime = a[2] === UNNUMBERED ? a[1] - b[1] : 0;
  return a[0] - b[0] || byTime || a[3] - b[3];
}

/** Of the latest writes of different clients; negative when `a` comes first. */
export function compareClients(a: OrderKey, b: OrderKey): number {
  return a[0] - b[0] || a[1] - b[1] || (a[2] < b[2] ? -1 : 1);
}

/** The register with one more write: commutative, associative, idempotent. */
export function lastWriteWins<T>(
  register: Register<T> | undefined,
  v: T,
  s: OrderKey,
): Register<T> {
  if (register === undefined) return { v, s };
  // The usual case: one writer.
  if (register.rest === undefined && register.s[2] === s[2]) {
    return compareOwn(register.s, s) >= 0 ? register : { v, s };
  }
  const writes = writesOf(register);
  const own = writes.find((write) => write.s[2] === s[2]);
  if (own !== undefined && compareOwn(own.s, s) >= 0) return register;
  const [last, ...rest] = [...writes.filter((write) => write !== own), { v, s }]
    .sort((a, b) => compareClients(b.s, a.s))
    .slice(0, MAX_WRITERS);
  if (last === undefined) return register;
  return rest.length === 0 ? last : { ...last, rest };
}

/** The latest write of each client, the one that stands first. */
export function writesOf<T>({ v, s, rest = [] }: Register<T>): Write<T>[] {
  return [{ v, s }, ...rest];
}

/** Length of all that is kept of a register, in UTF-16 units; what is no text counts as eight. */
export function lengthOf(register: Register<unknown> | undefined): number {
  if (register === undefined) return 0;
  return writesOf(register).reduce((sum, { v }) => sum + (typeof v === "string" ? v.length : 8), 0);
}
