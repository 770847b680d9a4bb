// The edge within a Worker of one's own, called as its published types say.
import { createExecutionContext, createMessageBatch, getQueueResult } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, it, vi } from "vitest";
import { createEdge } from "../../src/worker/index.ts";
import { eachOnItsOwn, newSession, PROJECT, sendTurn, claimOf } from "./support.ts";

eachOnItsOwn();

it("answers and goes on where its options can't be made, and is whole once they can", async () => {
  const log = vi.spyOn(console, "error").mockImplementation(() => undefined);
  let fails = true;
  const edge = createEdge(() => {
    if (fails) throw new Error('no binding "RULES"');
    return {};
  });
  const session = newSession();
  await sendTurn(session);
  const batchOf = () =>
    createMessageBatch("claims", [
      { id: "1", timestamp: new Date(), attempts: 1, body: claimOf(session) },
    ]);
  const batch = batchOf();
  const ctx = createExecutionContext();
  await edge.queue(batch, env, ctx);
  // The session claims again by itself.
  expect(await getQueueResult(batch, ctx)).toMatchObject({ outcome: "ok", ackAll: true });
  expect(await session.stub().pending()).toMatchObject({ pending: 3 });
  const ask = () =>
    edge.fetch(new Request("https://edge.test/api/langfuse/health"), env, createExecutionContext());
  const answer = await ask();
  expect(answer.status).toBe(500);
  expect(await answer.json()).toMatchObject({ success: false, error: { code: "internal_error" } });
  const lines = log.mock.calls.map(([line]) => JSON.parse(String(line)) as unknown);
  expect(lines).toEqual(
    Array.from({ length: 2 }, () => ({ event: "edge_not_made", error: 'Error: no binding "…"' })),
  );
  fails = false;
  expect((await ask()).status).not.toBe(500);
});

it("acknowledges a batch, with the invocation's context and without it", async () => {
  const edge = createEdge();
  const session = newSession();
  await sendTurn(session);
  const bodies = [claimOf(session), { v: 1, project: PROJECT, object: "none" }, "no claim"];
  for (const context of [createExecutionContext(), undefined]) {
    const messages = bodies.map((body, at) => ({
      id: String(at),
      timestamp: new Date(),
      attempts: 1,
      body,
    }));
    const batch = createMessageBatch("claims", messages);
    await (context === undefined ? edge.queue(batch, env) : edge.queue(batch, env, context));
    expect(await getQueueResult(batch, context ?? createExecutionContext())).toMatchObject({
      outcome: "ok",
      ackAll: true,
    });
  }
});
