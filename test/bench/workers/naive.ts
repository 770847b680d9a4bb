// What one writes first: a row, an object call and a queue message for each action, and a consumer
// that delivers them one by one. Nothing is assembled, packed or ever deleted.
import { DurableObject } from "cloudflare:workers";
import type { ObjectsOf } from "../../../src/bindings.ts";

export interface NaiveEnv {
  ACTIONS: ObjectsOf<NaiveCalls>;
  QUEUE: Queue<string>;
  LANGFUSE_BASE_URL: string;
}

export interface NaiveCalls {
  keep(action: string): Promise<void>;
}

export class Actions extends DurableObject<NaiveEnv> implements NaiveCalls {
  constructor(ctx: DurableObjectState, env: NaiveEnv) {
    super(ctx, env);
    ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS actions (n INTEGER PRIMARY KEY, body TEXT)");
  }

  async keep(action: string): Promise<void> {
    this.ctx.storage.sql.exec("INSERT INTO actions (body) VALUES (?)", action);
  }
}

const naive: ExportedHandler<NaiveEnv, string> = {
  async fetch(request, env) {
    const body = await request.json<{ actions?: unknown[] }>();
    const key = request.headers.get("x-bench-key") ?? "";
    const object = env.ACTIONS.get(env.ACTIONS.idFromName(key));
    const keep = async (action: unknown): Promise<void> => {
      const text = JSON.stringify(action);
      await object.keep(text);
      await env.QUEUE.send(text);
    };
    // All at once: one after the other would be slower still.
    const actions = body.actions ?? [body];
    await Promise.all(actions.map(keep));
    return Response.json({ success: true, results: actions.map(() => ({ success: true })) });
  },
  async queue(batch, env) {
    for (const { body } of batch.messages) {
      const answer = await fetch(`${env.LANGFUSE_BASE_URL}/api/public/ingestion`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
      });
      await answer.text();
    }
    batch.ackAll();
  },
};

export default naive;
