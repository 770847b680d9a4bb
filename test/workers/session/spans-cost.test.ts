// What a million complete spans cost, counted on the platform: a server's without a session in lanes, and with one
// object a session; beside them the naive ways. docs/existing-sdks.md has the figures.
import { env } from "cloudflare:workers";
import { expect, it, vi } from "vitest";
import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { laneOf, objectName } from "../../../src/protocol/ids.ts";
import type { AppendRequest, CompleteSpan } from "../../../src/protocol/session/append-calls.ts";
import type { Claim } from "../../../src/protocol/session/lease-calls.ts";
import { eachOnItsOwn, moveClock, PROJECT } from "../support.ts";
import { type Bill, startBill } from "./bill.ts";

eachOnItsOwn();

/** As OpenTelemetry's batch processors export: every five seconds, of a server with four answers a second. */
const EXPORTS = 21;
const TRACES = 20;
const SPANS_A_TRACE = 6;
const EVERY_SECONDS = 5;
/** Traces of one session. */
const TURNS = 3;
/** An alarm is for what comes 36 s later at the soonest: after so many exports one may be due. */
const ALARMS_EVERY = 7;

/** Cloudflare's published prices, dollars per million. */
const PRICES = { requests: 0.3, calls: 0.15, rows: 1, queueOperations: 0.4 };

type Costs = Record<keyof typeof PRICES, number>;
type Way = "lane" | "session" | "trace";

const hex = (n: number, digits: number): string => n.toString(16).padStart(digits, "0");

function exportOf(nth: number): CompleteSpan[] {
  return Array.from({ length: TRACES * SPANS_A_TRACE }, (_, n) => {
    const trace = nth * TRACES + Math.floor(n / SPANS_A_TRACE) + 1;
    const traceId = hex(trace, 32);
    const id = hex(trace * 100 + n, 16);
    const span = JSON.stringify({ traceId, spanId: id, name: "step", input: "x".repeat(400) });
    return { traceId, id, name: "step", startTime: Date.now(), span, origin: "o" };
  });
}

/** The object that a span's trace has, in each way; a trace of a session is one turn of it. */
function keyOf(way: Way, { traceId }: CompleteSpan): string {
  if (way === "lane") return laneOf(traceId);
  const trace = Number.parseInt(traceId, 16);
  return way === "trace" ? traceId : `chat-${trace % ((EXPORTS * TRACES) / TURNS)}`;
}

/** Exports all of it, and delivers what waits until nothing is left. */
async function cost(way: Way): Promise<Costs> {
  const bill: Bill = await startBill();
  const claims: Claim[] = [];
  vi.spyOn(env.CLAIMS, "send").mockImplementation(async (claim) => {
    claims.push(claim);
    return {} as never;
  });
  const objects = new Map<string, DurableObjectId>();
  const costs: Costs = { requests: 0, calls: 0, rows: 0, queueOperations: 0 };
  const stubOf = (value: string) => {
    const key = { project: PROJECT, owner: "server", kind: way, value };
    const id = objects.get(value) ?? env.SESSION.idFromName(objectName(key));
    objects.set(value, id);
    return env.SESSION.get(id);
  };
  /** A message for all of a moment, as the isolate gathers them. */
  const gathered = new Map<string, number | undefined>();
  const send = (): void => {
    for (const { object, reservations } of claims.splice(0))
      gathered.set(object, reservations?.[0]);
    if (gathered.size > 0) costs.queueOperations += 3;
  };
  const deliver = async (): Promise<void> => {
    const due = [...gathered];
    gathered.clear();
    for (const [object, reservation] of due) {
      const stub = env.SESSION.get(env.SESSION.idFromString(object));
      const asked = { maxBytes: 4_000_000, spans: true as const };
      const { lease } = await stub.lease({ ...asked, ...(reservation && { reservation }) });
      costs.calls += 1;
      if (lease === undefined) continue;
      const delivered = lease.records.map(({ ordinal }) => ordinal);
      await stub.settle({ lease: lease.id, delivered, dead: [] });
      costs.calls += 1;
    }
  };
  /** Alarms that are due. */
  const ring = async (): Promise<void> => {
    for (const id of objects.values()) {
      const stub = env.SESSION.get(id);
      const at = await runInDurableObject(stub, (_object, { storage }) => storage.getAlarm());
      if (at === null || at > Date.now()) continue;
      await runDurableObjectAlarm(stub);
      costs.calls += 1;
    }
  };
  for (let nth = 0; nth < EXPORTS; nth += 1) {
    costs.requests += 1;
    const groups = Map.groupBy(exportOf(nth), (span) => keyOf(way, span));
    for (const [key, items] of groups) {
      const request: AppendRequest = {
        project: PROJECT,
        writer: "server",
        actions: [],
        spans: { items, origins: { o: { resource: "{}", scope: "{}" } } },
        batchesClaims: true,
        ...(way === "lane" && { lane: true as const }),
      };
      const { claimAt, reservation } = await stubOf(key).append(request);
      costs.calls += 1;
      if (claimAt !== undefined) gathered.set(String(objects.get(key)), reservation);
    }
    send();
    moveClock(2);
    await deliver();
    moveClock(EVERY_SECONDS - 2);
    if (nth % ALARMS_EVERY !== ALARMS_EVERY - 1) continue;
    await ring();
    send();
  }
  await deliver();
  // Days later, when nothing is left of it.
  moveClock(4 * 24 * 3600);
  await ring();
  costs.rows = bill.rows + bill.alarms + bill.deletedRows;
  vi.restoreAllMocks();
  return costs;
}

const dollars = (costs: Costs): number =>
  Object.entries(PRICES).reduce(
    (sum, [name, price]) => sum + price * costs[name as keyof Costs],
    0,
  ) /
  (EXPORTS * TRACES * SPANS_A_TRACE);

it("costs a third of what objects of single traces do, or less", async () => {
  const [lanes, sessions, traces] = [
    await cost("lane"),
    await cost("session"),
    await cost("trace"),
  ];
  // A proxy that posts what it gets, and keeps nothing.
  const proxy = { requests: EXPORTS, calls: 0, rows: 0, queueOperations: 0 };
  const told = Object.entries({ lanes, sessions, traces, proxy }).map(
    ([name, costs]) => `${name} $${dollars(costs).toFixed(3)} ${JSON.stringify(costs)}`,
  );
  console.info(`a million spans: ${told.join("; ")}`);
  expect(lanes.calls / lanes.requests).toBeLessThan(26);
  expect(dollars(lanes)).toBeLessThan(dollars(traces) / 3);
  expect(dollars(sessions)).toBeLessThan(dollars(traces));
});
