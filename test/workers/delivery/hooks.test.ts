// A Worker's own `beforeDelivery` on the platform: what it says is pinned before anything is posted, so that a record
// that is sent again is sent byte for byte, by whichever version of the hook; and every action stays accounted for.
import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, it, vi } from "vitest";
import { composeEdge, platform } from "../../../src/compose.ts";
import { openAccess } from "../../../src/edge/access/policy.ts";
import { madeHooks } from "../../../src/hooks/made-hooks.ts";
import { drop } from "../../../src/hooks/verdicts.ts";
import type { Hooks } from "../../../src/hooks/types.ts";
import { logEvent } from "../../../src/log.ts";
import { balanceOf } from "../../../src/protocol/books/figures.ts";
import { ledgerName } from "../../../src/protocol/books/ledger-name.ts";
import { readSettings } from "../../../src/settings/index.ts";
import { startBill } from "../session/bill.ts";
import {
  AFTER_EVICTION,
  claimOf,
  eachOnItsOwn,
  moveClock,
  newSession,
  PROJECT,
  request,
  sendTurn,
  turnSteps,
  eventually,
} from "../support.ts";

eachOnItsOwn();

const settings = readSettings({
  LANGFUSE_PUBLIC_KEY: PROJECT,
  LANGFUSE_SECRET_KEY: "sk-lf-sink",
  LANGFUSE_BASE_URL: "http://langfuse.test",
});
const project = { publicKey: PROJECT, secretKey: "sk-lf-sink", baseUrl: "http://langfuse.test" };
const books = () => env.HEALTH.get(env.HEALTH.idFromName(ledgerName(PROJECT))).books({});

/** A consumer of a Worker with these hooks, and the bodies that it posts; `answers` false hangs up. */
function consumerWith(hooks: Hooks, answers = true) {
  const bodies: string[] = [];
  const edge = composeEdge(env, {
    settings,
    access: openAccess(settings, project, platform),
    ...madeHooks(hooks, logEvent),
    send: async (sent) => {
      const stream = sent.body?.pipeThrough(new DecompressionStream("gzip"));
      bodies.push(await new Response(stream ?? null).text());
      if (!answers) throw new Error("the line was cut");
      return Response.json({});
    },
  });
  return {
    bodies,
    /** Until nothing of it is under way any more. */
    consume: async (claims: readonly unknown[]): Promise<void> => {
      const left: Promise<unknown>[] = [];
      await edge.consume(claims, { waitUntil: (work) => void left.push(work) });
      await Promise.all(left);
    },
  };
}

const spansIn = (body = ""): string[] => {
  const { resourceSpans } = JSON.parse(body) as {
    resourceSpans: { scopeSpans: { spans: { name: string }[] }[] }[];
  };
  return resourceSpans.flatMap(({ scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) => spans.map((one) => JSON.stringify(one))),
  );
};

it("sends a record again byte for byte, though the hook says otherwise by then", async () => {
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
  const session = newSession();
  await sendTurn(session);
  const first = consumerWith(
    {
      beforeDelivery: (item) => {
        if (item.kind === "observation") item.attributes["seen"] = Math.random();
      },
    },
    false,
  );
  await first.consume([claimOf(session)]);
  expect(first.bodies).not.toEqual([]);
  await evictDurableObject(session.stub());
  moveClock(AFTER_EVICTION);
  const second = consumerWith({ beforeDelivery: () => drop("all") });
  await second.consume([claimOf(session)]);
  const sent = first.bodies.map(spansIn).find((spans) => spans.length === 3);
  expect(sent?.join()).toContain('"seen"');
  expect(spansIn(second.bodies[0])).toEqual(sent);
  expect((await books()).totals).toEqual({ accepted: 6, delivered: 6 });
});

it("counts what it drops, and posts the rest; the books balance", async () => {
  const session = newSession();
  await sendTurn(session);
  const { bodies, consume } = consumerWith({
    beforeDelivery: (item) =>
      item.kind === "observation" && item.name === "ui" ? drop("ui_only") : undefined,
  });
  await consume([claimOf(session)]);
  expect(spansIn(bodies[0]).map((text) => (JSON.parse(text) as { name: string }).name)).toEqual([
    "trace",
    "call",
  ]);
  const { totals } = await books();
  expect(totals).toEqual({ accepted: 6, delivered: 4, "dropped:hook:ui_only": 2 });
  expect(balanceOf(totals)).toBe(0);
  await evictDurableObject(session.stub());
  expect(await session.stub().pending()).toMatchObject({ pending: 0 });
});

it("posts nothing where all is dropped", async () => {
  const session = newSession();
  await sendTurn(session);
  const { bodies, consume } = consumerWith({ beforeDelivery: () => drop("all") });
  await consume([claimOf(session)]);
  expect(bodies).toEqual([]);
  expect((await books()).totals).toEqual({ accepted: 6, "dropped:hook:all": 6 });
});

it("keeps a record that it fails on as a dead letter, which a mended hook lets through", async () => {
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
  const error = vi.spyOn(console, "error").mockImplementation(() => undefined);
  const session = newSession();
  await sendTurn(session);
  const broken = consumerWith({
    beforeDelivery: (item) => {
      if (item.kind === "observation" && item.name === "ui") throw new TypeError("not a function");
    },
  });
  await broken.consume([claimOf(session)]);
  expect(spansIn(broken.bodies[0])).toHaveLength(2);
  expect(JSON.stringify(error.mock.calls)).toContain("hook_failed");
  expect((await books()).totals).toEqual({ accepted: 6, delivered: 4, dead: 2 });
  const { ordinals } = await session
    .stub()
    .replayDeadLetters({ project: PROJECT, reason: "hook_failed" });
  expect(ordinals).toHaveLength(1);
  moveClock(60);
  const mended = consumerWith({ beforeDelivery: () => undefined });
  await mended.consume([claimOf(session)]);
  expect(spansIn(mended.bodies[0])).toHaveLength(1);
  expect((await books()).totals).toEqual({ accepted: 6, delivered: 6 });
});

it("has in its books what a session never kept, soon after", async () => {
  const session = newSession();
  const dropped = request(turnSteps());
  for (const action of dropped.actions) action.drop = "hook:internal";
  for (let times = 0; times < 2; times += 1) await session.stub().append(dropped);
  expect((await books()).totals).toEqual({});
  moveClock(11);
  await runDurableObjectAlarm(session.stub());
  await eventually(async () =>
    expect((await books()).totals).toEqual({ accepted: 6, "dropped:hook:internal": 6 }),
  );
});

it("costs one row and one call a lease, and nothing without a hook", async () => {
  const rows: number[] = [];
  // The first of all makes rows of the ledger's.
  for (const hooks of [{}, {}, { beforeDelivery: () => undefined }]) {
    moveClock(600);
    const session = newSession();
    await session.stub().append(request(turnSteps(`ui2-${rows.length}`)));
    moveClock(2);
    const bill = await startBill();
    await consumerWith(hooks).consume([claimOf(session)]);
    rows.push(bill.rows);
    vi.restoreAllMocks();
  }
  const [, without = 0, withHook = 0] = rows;
  expect(withHook).toBe(without + 1);
});
