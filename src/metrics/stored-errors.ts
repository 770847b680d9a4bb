// The stored groups of a project's errors: one value, written only where a turn brought an error or a group
// grew too old.
import { addErrors, type ErrorGroups } from "../figures/read/error-groups.ts";
import type { ErrorGroup } from "../protocol/figures/cells.ts";
import type { TurnFigures } from "../protocol/figures/turn-figures.ts";

type Kv = Pick<SyncKvStorage, "get" | "put">;

const KEY = "errors";

export class StoredErrors {
  readonly #kv: Kv;
  #groups: ErrorGroups | undefined;

  constructor(kv: Kv) {
    this.#kv = kv;
  }

  list(): ErrorGroup[] {
    return Object.values(this.#read());
  }

  add(figures: readonly TurnFigures[], now: number): void {
    const groups = this.#read();
    let some = false;
    for (const one of figures) some = addErrors(groups, one, Math.min(one.at, now)) || some;
    if (some) this.#put(groups);
  }

  /** @param before groups that were last seen before this go, epoch ms */
  deleteBefore(before: number): void {
    const groups = this.#read();
    const old = Object.values(groups).filter(({ last }) => last < before);
    for (const { fingerprint } of old) delete groups[fingerprint];
    if (old.length > 0) this.#put(groups);
  }

  /** After a transaction that was rolled back. */
  forgetCached(): void {
    this.#groups = undefined;
  }

  #read(): ErrorGroups {
    return (this.#groups ??= JSON.parse(this.#kv.get<string>(KEY) ?? "{}") as ErrorGroups);
  }

  #put(groups: ErrorGroups): void {
    this.#kv.put(KEY, JSON.stringify(groups));
  }
}
