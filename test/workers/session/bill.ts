// Counts what the platform bills of session objects: rows written, alarms set, messages sent. Object
// calls are counted by whoever makes them.
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { vi } from "vitest";
import { newSession } from "../support.ts";

export interface Bill {
  /** Values put and deleted, each a row. */
  rows: number;
  /** Values read, each a row read, at a thousandth of the price. */
  reads: number;
  /** Alarms set, each a row too. */
  alarms: number;
  /** Messages to the queue: three operations each. */
  messages: number;
  /** The reservation that the latest of them brings along. */
  reservation?: number | undefined;
  /** Objects deleted, and how many values were left in them. */
  deletions: number;
  deletedRows: number;
}

/** Counts for all objects of this isolate, from now on, until mocks are restored. */
export async function startBill(): Promise<Bill> {
  const bill: Bill = { rows: 0, reads: 0, alarms: 0, messages: 0, deletions: 0, deletedRows: 0 };
  await runInDurableObject(newSession().stub(), (_object, { storage }) => {
    const kv = Object.getPrototypeOf(storage.kv) as Methods;
    const all = Object.getPrototypeOf(storage) as Methods;
    counted(kv, "put", () => (bill.rows += 1));
    counted(kv, "delete", () => (bill.rows += 1));
    counted(kv, "get", () => (bill.reads += 1));
    counted(all, "setAlarm", () => (bill.alarms += 1));
    counted(all, "deleteAll", (self) => {
      bill.deletions += 1;
      bill.deletedRows += [...(self as DurableObjectStorage).kv.list()].length;
    });
    const list = kv["list"];
    vi.spyOn(kv, "list").mockImplementation(function* listed(this: unknown, ...args) {
      for (const one of (list?.apply(this, args) ?? []) as Iterable<unknown>) {
        bill.reads += 1;
        yield one;
      }
    });
  });
  const send = env.CLAIMS.send.bind(env.CLAIMS);
  vi.spyOn(env.CLAIMS, "send").mockImplementation((...args) => {
    bill.messages += 1;
    bill.reservation = args[0].reservations?.[0];
    return send(...args);
  });
  return bill;
}

type Methods = Record<string, (...args: unknown[]) => unknown>;

function counted(methods: Methods, name: string, count: (self: unknown) => void): void {
  const real = methods[name];
  vi.spyOn(methods, name).mockImplementation(function called(this: unknown, ...args) {
    count(this);
    return real?.apply(this, args);
  });
}
