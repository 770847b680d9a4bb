// What stands between the built Worker and its queue: claims that are refused, lost, doubled or delayed.
import type { Env } from "../../../src/bindings.ts";
import type { Claim } from "../../../src/protocol/session/lease-calls.ts";
import { randomOf } from "../../fuzz/random.ts";
import type { Orders } from "./orders.ts";

const MOST_DELAY_SECONDS = 6;

interface Message {
  body: Claim;
  delaySeconds?: number;
}

/** Of the whole process: objects and consumers run in one isolate. */
let order: Orders["queue"] = { mode: "well", seed: 0 };
let sent = 0;

export function orderQueue(next: Orders["queue"]): void {
  order = next;
}
export const isTogether = (): boolean => order.mode === "together";

export function faultyQueue(claims: Env["CLAIMS"]): Env["CLAIMS"] {
  const sendBatch = async (messages: Message[]): Promise<void> => {
    const { mode, seed } = order;
    if (mode === "refuse") throw new Error("Queue sendBatch failed: Too Many Requests");
    if (mode === "lose") return;
    if (mode === "hang") return new Promise(() => undefined);
    const delayed = messages.map((message) => {
      sent += 1;
      const delaySeconds = randomOf(seed * 7_907 + sent).below(MOST_DELAY_SECONDS);
      return mode === "late" ? { ...message, delaySeconds } : message;
    });
    await claims.sendBatch(delayed);
    if (mode === "twice") await claims.sendBatch(delayed);
  };
  const queue = {
    sendBatch: (messages: Iterable<Message>) => sendBatch([...messages]),
    send: (body: Claim, options: { delaySeconds?: number } = {}) =>
      sendBatch([{ body, ...options }]),
  };
  return queue as unknown as Env["CLAIMS"];
}
