// The stamps of a snapshot: each is written once and referred to by its number, since all values that
// one action wrote share one.
import type { OrderKey } from "../state.ts";

export interface OrderKeyTable {
  clients: string[];
  /** Rank, at, number of the client, number of the action; and the next one's … */
  stamps: number[];
}

export class OrderKeyWriter {
  readonly table: OrderKeyTable = { clients: [], stamps: [] };
  readonly #clients = new Map<string, number>();
  readonly #numbers = new Map<OrderKey, number>();

  numberOf(stamp: OrderKey): number {
    const known = this.#numbers.get(stamp);
    if (known !== undefined) return known;
    const number = this.#numbers.size;
    this.#numbers.set(stamp, number);
    const [rank, at, client, seq] = stamp;
    this.table.stamps.push(rank, at, this.#clientNumber(client), seq);
    return number;
  }

  #clientNumber(client: string): number {
    const known = this.#clients.get(client);
    if (known !== undefined) return known;
    this.#clients.set(client, this.table.clients.length);
    return this.table.clients.push(client) - 1;
  }
}

export class OrderKeyReader {
  readonly #stamps: OrderKey[] = [];

  constructor({ clients, stamps }: OrderKeyTable) {
    for (let index = 0; index + 3 < stamps.length; index += 4) {
      const [rank = 0, at = 0, client = 0, seq = 0] = stamps.slice(index, index + 4);
      this.#stamps.push([rank, at, clients[client] ?? "", seq]);
    }
  }

  at(number: number): OrderKey {
    const stamp = this.#stamps[number];
    if (stamp === undefined) throw new RangeError(`a snapshot without its stamp ${number}`);
    return stamp;
  }
}
