// The records that a pass was lent and has not settled, for the other passes of its isolate: one that is lent the same
// leaves them alone for a moment. Then the first one's lease had ended, though its answer may be there: an isolate that
// stood still goes on with all that it missed at once. One whose invocation the platform has ended settles nothing.
import type { RecordKind } from "../../protocol/record.ts";
import type { Lease } from "../../protocol/session/lease-calls.ts";

/** The first pass has this long, from when the next one asks. */
const STOOD_STILL_MS = 2_000;

interface Out {
  lease: Lease;
  /** Kinds that are not settled; all where nothing is. */
  kinds?: readonly RecordKind[];
  /** When another pass first asked, epoch ms. */
  askedAt?: number;
}

export class HeldRecords {
  /** By object and lease. */
  readonly #out = new Map<string, Map<number, Out>>();

  lent(object: string, lease: Lease): void {
    const leases = this.#out.get(object) ?? new Map<number, Out>();
    leases.set(lease.id, { lease });
    this.#out.set(object, leases);
  }

  /** @param keeps kinds that are not settled yet */
  settled(object: string, { id }: Pick<Lease, "id">, keeps: readonly RecordKind[] = []): void {
    const leases = this.#out.get(object);
    const one = leases?.get(id);
    if (leases === undefined || one === undefined) return;
    if (keeps.length > 0) one.kinds = keeps;
    else leases.delete(id);
    if (leases.size === 0) this.#out.delete(object);
  }

  /** Some of these records are out, and about to be settled as far as anybody knows. */
  has(object: string, { records }: Pick<Lease, "records">, now: number): boolean {
    for (const one of this.#out.get(object)?.values() ?? []) {
      const { lease, kinds } = one;
      const isOut = ({ kind }: { kind: RecordKind }): boolean => kinds?.includes(kind) ?? true;
      const ordinals = new Set(lease.records.filter(isOut).map(({ ordinal }) => ordinal));
      if (!records.some(({ ordinal }) => ordinals.has(ordinal))) continue;
      one.askedAt ??= now;
      if (now < one.askedAt + STOOD_STILL_MS) return true;
    }
    return false;
  }
}
