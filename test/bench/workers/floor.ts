// The floor: reads the body, makes one object call that inserts one row, and answers. The least that
// "durable" can cost on this platform.
import { DurableObject } from "cloudflare:workers";

interface Env {
  ROWS: DurableObjectNamespace<Rows>;
}

export class Rows extends DurableObject<Env> {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS rows (n INTEGER PRIMARY KEY, body TEXT)");
  }

  insert(body: string): void {
    this.ctx.storage.sql.exec("INSERT INTO rows (body) VALUES (?)", body);
  }
}

export default {
  async fetch(request, env) {
    const key = request.headers.get("x-bench-key") ?? "";
    await env.ROWS.get(env.ROWS.idFromName(key)).insert(await request.text());
    return Response.json({ success: true });
  },
} satisfies ExportedHandler<Env>;
