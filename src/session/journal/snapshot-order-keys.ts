// The order keys of a snapshot: each is written once and referred to by its number, since all values that
// one action wrote share one.
import type { OrderKey } from "../assembly/order-key.ts";

export interface OrderKeyTable {
  clients: string[];
  /** Rank, at, number of the client, number of the action; and the next one's … */
  stamps: number[];
}

export class OrderKeyWriter {
  readonly table: OrderKeyTable = { clients: [], stamps: [] };
  readonly #clients = new Map<string, number>();
  readonly #numbers = new Map<OrderKey, number>();

  numberOf(orderKey: OrderKey): number {
    const before = this.#numbers.get(orderKey);
    if (before !== undefined) return before;
    const number = this.#numbers.size;
    this.#numbers.set(orderKey, number);
    const [rank, at, client, seq] = orderKey;
    this.table.stamps.push(rank, at, this.#clientNumber(client), seq);
    return number;
  }

  #clientNumber(client: string): number {
    const before = this.#clients.get(client);
    if (before !== undefined) return before;
    this.#clients.set(client, this.table.clients.length);
    return this.table.clients.push(client) - 1;
  }
}

export class OrderKeyReader {
  readonly #orderKeys: OrderKey[] = [];

  constructor({ clients, stamps }: OrderKeyTable) {
    for (let index = 0; index + 3 < stamps.length; index += 4) {
      const [rank = 0, at = 0, client = 0, seq = 0] = stamps.slice(index, index + 4);
      this.#orderKeys.push([rank, at, clients[client] ?? "", seq]);
    }
  }

  at(number: number): OrderKey {
    const orderKey = this.#orderKeys[number];
    if (orderKey === undefined) throw new RangeError(`a snapshot without its order key ${number}`);
    return orderKey;
  }
}
