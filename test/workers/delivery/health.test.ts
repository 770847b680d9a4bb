import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { objectName } from "../../../src/protocol/ids.ts";
import {
  AFTER_EVICTION,
  behave,
  claimOf,
  consumeClaims,
  eachOnItsOwn,
  moveClock,
  newSession,
  PROJECT,
  sendTurn,
} from "../support.ts";

eachOnItsOwn();

describe("a project's health", () => {
  const health = () => {
    const name = { project: PROJECT, owner: "server", kind: "trace", value: "health" } as const;
    return env.HEALTH.get(env.HEALTH.idFromName(objectName(name))).read();
  };
  const deliver = async (): Promise<void> => {
    const session = newSession();
    await sendTurn(session);
    await consumeClaims(claimOf(session));
  };

  it("hears of deliveries that go well once a minute, and of trouble at once", async () => {
    // More than a minute after all that this isolate has delivered, which is told with the next.
    moveClock(600);
    await deliver();
    const first = Date.now();
    const { delivered } = await health();
    await deliver();
    expect(await health()).toMatchObject({
      delivered,
      lastDelivery: first,
      pending: 0,
      dead: 0,
      failures: 0,
    });
    moveClock(60);
    await deliver();
    expect(await health()).toMatchObject({
      delivered: delivered + 6,
      lastDelivery: Date.now(),
    });

    await deliver();
    await behave({ status: 503 });
    await deliver();
    const failing = { delivered: delivered + 9, pending: 3, lastError: { class: "unavailable" } };
    expect(await health()).toMatchObject(failing);
    await behave({});
    await deliver();
    const { lastError, ...well } = await health();
    // Another session's delivery does not clear what still waits.
    expect(lastError).toMatchObject({ class: "unavailable" });
    expect(well).toMatchObject({ delivered: delivered + 12, pending: 3 });
  });

  it("can be told by any consumer of what another one left: the session remembers it", async () => {
    const session = newSession();
    await sendTurn(session);
    const { lease: first } = await session.stub().lease({ maxBytes: 1_000_000 });
    expect(first).not.toHaveProperty("retried");
    const retry = { reason: "unavailable" as const };
    await session.stub().settle({ lease: first?.id ?? 0, delivered: [], dead: [], retry });
    await evictDurableObject(session.stub());
    moveClock(AFTER_EVICTION);
    const { lease } = await session.stub().lease({ maxBytes: 1_000_000 });
    expect(lease).toMatchObject({ retried: true });
    const delivered = lease?.records.map(({ ordinal }) => ordinal) ?? [];
    await session.stub().settle({ lease: lease?.id ?? 0, delivered, dead: [] });
    await sendTurn(session, 7, "ui2-next");
    expect((await session.stub().lease({ maxBytes: 1_000_000 })).lease).not.toHaveProperty(
      "retried",
    );
  });
});
