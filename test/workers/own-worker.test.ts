// The edge within a Worker of one's own, called as its published types say.
import { createExecutionContext, createMessageBatch, getQueueResult } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { createEdge } from "../../src/worker/index.ts";
import { eachOnItsOwn, newSession, PROJECT, sendTurn, claimOf } from "./support.ts";

eachOnItsOwn();

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
