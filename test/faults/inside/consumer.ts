// A consumer that dies between Langfuse's answer and the end of its settlement: what it calls then fails, for
// every try to settle that lease.
import type { Env } from "../../../src/bindings.ts";
import type { SessionCalls } from "../../../src/protocol/session-calls.ts";
import type { Settlement } from "../../../src/protocol/session/settle-calls.ts";
import { randomOf } from "../../fuzz/random.ts";
import { died } from "./deaths.ts";
import type { Orders } from "./orders.ts";

/** Share of the leases whose consumer dies. */
const DEATHS = 0.4;

let order: Orders["consumer"] = { mode: "well", seed: 0 };
/** By object and lease: whether its consumer dies. */
const doomed = new Map<string, boolean>();

/** Leases whose consumer has died. */
export const deadConsumers = new Set<string>();

export function orderConsumer(next: Orders["consumer"]): void {
  order = next;
}

function isDoomed(lease: string): boolean {
  const known = doomed.get(lease);
  if (known !== undefined) return known;
  const dies = randomOf(order.seed * 6_133 + doomed.size).chance(DEATHS);
  doomed.set(lease, dies);
  return dies;
}

async function settle(calls: SessionCalls, object: string, settlement: Settlement) {
  const { mode } = order;
  if (mode === "well" || !isDoomed(`${object}/${settlement.lease}`)) {
    return calls.settle(settlement);
  }
  deadConsumers.add(`${object}/${settlement.lease}`);
  if (mode === "dies after it settled") await calls.settle(settlement);
  else died();
  throw new Error("Network connection lost.");
}

export function withDyingConsumers(sessions: Env["SESSION"]): Env["SESSION"] {
  return {
    get(id) {
      const calls = sessions.get(id);
      return new Proxy(calls, {
        get(_target, name) {
          if (typeof name === "symbol" || name === "then") return undefined;
          if (name === "settle") {
            return (settlement: Settlement) => settle(calls, id.toString(), settlement);
          }
          const object = calls as unknown as Record<string, (...given: unknown[]) => unknown>;
          return (...given: unknown[]) => object[name]?.(...given);
        },
      });
    },
    idFromName: (name) => sessions.idFromName(name),
    idFromString: (hex) => sessions.idFromString(hex),
    jurisdiction: (name) => withDyingConsumers(sessions.jurisdiction(name)),
  };
}
