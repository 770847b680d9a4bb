// The records of one session as its consumers post them: in order, never again once settled, never with other content.
import { expect } from "vitest";
import type { Lease } from "../../../../src/protocol/session/lease-calls.ts";
import type { Settlement } from "../../../../src/protocol/session/settle-calls.ts";
import type { Ordered } from "../../../../src/session/outbox/outbox-state.ts";

export class Deliveries {
  readonly #posted = new Map<string, string>();
  readonly #settled = new Map<string, number>();
  readonly #lastSeq = { observation: 0, score: 0 };

  /** How many actions the delivered records stand for. */
  get actions(): number {
    return [...this.#settled.values()].reduce((sum, actions) => sum + actions, 0);
  }

  posted({ records }: Lease): void {
    for (const record of records) {
      expect([...this.#settled.keys()], "sent again after it was settled").not.toContain(record.id);
      // Replayed, it has another place in the outbox.
      const text = JSON.stringify({ ...record, seq: 0 });
      expect(this.#posted.get(record.id) ?? text, "sent again with other content").toBe(text);
      if (!this.#posted.has(record.id)) this.#inOrder(record as Ordered);
      this.#posted.set(record.id, text);
    }
  }

  /** A delivery is believed of everybody, also of a record that was taken for dead. */
  settled({ records }: Lease, { delivered }: Settlement): void {
    for (const { ordinal, id, actions } of records) {
      if (delivered.includes(ordinal)) this.#settled.set(id, actions);
    }
  }

  /** Of each kind, what is posted first was sealed first. */
  #inOrder({ kind, seq }: Ordered): void {
    expect(seq).toBeGreaterThan(this.#lastSeq[kind]);
    this.#lastSeq[kind] = seq;
  }
}
