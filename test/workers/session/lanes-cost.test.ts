// What a million events of an older SDK cost, counted on the platform: in lanes, and beside it the naive way, an
// object for each trace. docs/existing-sdks.md has the figures.
import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, it, vi } from "vitest";
import type { Action } from "../../../src/protocol/change.ts";
import { objectName } from "../../../src/protocol/ids.ts";
import type { Claim } from "../../../src/protocol/session/lease-calls.ts";
import { interpretEvent } from "../../../src/edge/legacy/events/interpret-event.ts";
import { isRefused, readEvent } from "../../../src/edge/legacy/events/read-event.ts";
import { eachOnItsOwn, moveClock, PROJECT } from "../support.ts";
import { type Bill, startBill } from "./bill.ts";

eachOnItsOwn();

/** As `langfuse` 3.39 sends them: 15 events a batch, of traces that overlap. */
const BATCH = 15;
const TRACES = 240;
const EVENTS_A_TRACE = 8;

/** Cloudflare's published prices, dollars per million. */
const PRICES = { requests: 0.3, calls: 0.15, rows: 1, queueOperations: 0.4 };

interface Costs {
  requests: number;
  calls: number;
  rows: number;
  queueOperations: number;
}

interface Sent {
  trace: string;
  lane: string;
  action: Action;
}

function sentEvents(): Sent[] {
  const bodies = Array.from({ length: TRACES }, (_, n) => {
    const [id, span, generation] = [`trace-${n}`, `span-${n}`, `generation-${n}`];
    const over = { endTime: new Date(Date.now()).toISOString(), output: "x".repeat(200) };
    return [
      ["trace-create", { id, name: "answer", sessionId: "s", input: "x".repeat(200) }],
      ["span-create", { id: span, traceId: id, name: "work" }],
      ["generation-create", { id: generation, traceId: id, parentObservationId: span, model: "m" }],
      ["generation-update", { id: generation, traceId: id, usage: { promptTokens: 1 }, ...over }],
      ["span-update", { id: span, traceId: id, ...over }],
      ["event-create", { id: `event-${n}`, traceId: id }],
      ["score-create", { id: `score-${n}`, traceId: id, name: "liked", value: 1 }],
      ["trace-create", { id, output: "x".repeat(200) }],
    ] as const;
  });
  // Two traces run at a time.
  const pairs = bodies.flatMap((own, n) =>
    n % 2 === 0 ? own.flatMap((one, at) => [one, bodies[n + 1]?.[at] ?? one]) : [],
  );
  return pairs.flatMap(([type, body], n) => {
    const event = readEvent(
      { id: `e-${n}`, type, timestamp: new Date(Date.now()).toISOString(), body },
      Date.now(),
    );
    if (isRefused(event)) throw new Error(event.error);
    const context = {
      traceIdFormat: "derived" as const,
      now: Date.now(),
      writer: "server" as const,
    };
    const read = interpretEvent(event, context, () => undefined);
    if (read.kind !== "kept") throw new Error("not kept");
    return read.items.map(({ action, lane = "" }) => ({
      trace: action.change.trace,
      lane,
      action,
    }));
  });
}

/** Sends all of it at ten batches a second, and delivers what is sealed until nothing is left. */
async function cost(kind: "lane" | "trace"): Promise<Costs> {
  const bill: Bill = await startBill();
  const claims: Claim[] = [];
  vi.spyOn(env.CLAIMS, "send").mockImplementation(async (claim) => {
    bill.messages += 1;
    claims.push(claim);
    return {} as never;
  });
  const objects = new Set<DurableObjectId>();
  const ids = new Map<string, DurableObjectId>();
  const idOf = (value: string): DurableObjectId => {
    const id =
      ids.get(value) ??
      env.SESSION.idFromName(objectName({ project: PROJECT, owner: "server", kind, value }));
    ids.set(value, id);
    objects.add(id);
    return id;
  };
  const costs: Costs = { requests: 0, calls: 0, rows: 0, queueOperations: 0 };
  const deliver = async (): Promise<void> => {
    for (const { object, reservations } of claims.splice(0)) {
      const stub = env.SESSION.get(env.SESSION.idFromString(object));
      const [reservation] = reservations ?? [];
      const asked = { maxBytes: 4_000_000, ...(reservation !== undefined && { reservation }) };
      const { lease } = await stub.lease(asked);
      costs.calls += 1;
      if (lease === undefined) continue;
      const delivered = lease.records.map(({ ordinal }) => ordinal);
      await stub.settle({ lease: lease.id, delivered, dead: [] });
      costs.calls += 1;
    }
  };
  /** Alarms that are due; one that ran too early would be set again, which costs. */
  const ring = async (): Promise<void> => {
    for (const id of objects) {
      const stub = env.SESSION.get(id);
      const at = await runInDurableObject(stub, (_object, { storage }) => storage.getAlarm());
      if (at === null || at > Date.now()) continue;
      await runDurableObjectAlarm(stub);
      costs.calls += 1;
    }
  };
  const all = sentEvents();
  for (let from = 0; from < all.length; from += BATCH) {
    const groups = new Map<string, Action[]>();
    for (const { trace, lane, action } of all.slice(from, from + BATCH)) {
      const key = kind === "lane" ? lane : trace;
      groups.set(key, [...(groups.get(key) ?? []), action]);
    }
    costs.requests += 1;
    for (const [key, actions] of groups) {
      const lane = kind === "lane" ? { lane: true as const } : {};
      await env.SESSION.get(idOf(key)).append({
        project: PROJECT,
        writer: "server",
        actions,
        ...lane,
      });
      costs.calls += 1;
    }
    moveClock(0.1);
  }
  for (let seconds = 0; seconds < 150; seconds += 10) {
    moveClock(10);
    await ring();
    await deliver();
  }
  // Days later, when nothing is left of it.
  moveClock(4 * 24 * 3600);
  await ring();
  costs.rows = bill.rows + bill.alarms + bill.deletedRows;
  costs.queueOperations = 3 * bill.messages;
  vi.restoreAllMocks();
  return costs;
}

const dollars = (costs: Costs): number =>
  Object.entries(PRICES).reduce(
    (sum, [name, price]) => sum + price * costs[name as keyof Costs],
    0,
  ) /
  (TRACES * EVENTS_A_TRACE);

it("costs a third of what objects of single traces do, or less", async () => {
  const lanes = await cost("lane");
  const naive = await cost("trace");
  const rounded = (costs: Costs): string =>
    `$${dollars(costs).toFixed(2)} ${JSON.stringify(costs)}`;
  console.info(`a million events: lanes ${rounded(lanes)}; an object a trace ${rounded(naive)}`);
  expect(lanes.calls / lanes.requests).toBeLessThan(6);
  expect(dollars(lanes)).toBeLessThan(dollars(naive) / 3);
});
