// The HTTP face of the sink, mounted at `/sink`: Langfuse's own paths, strict; and paths to look at
// what arrived. It keeps nothing itself. Waiting for a slow answer happens here, never in the object.
import type { Api, Behaviour } from "./view/answers.ts";
import { type Context, Hono } from "hono";
import { accessOf, type SinkKeys } from "./access.ts";
import { behaviourSchema, misbehave } from "./behaviour.ts";
import { readBody } from "./body.ts";
import type { SinkCalls } from "./calls.ts";
import type { SinkRequest } from "./inspect/inspect.ts";
import { drawn, overview } from "./view/overview.ts";

export interface SinkDeps {
  sink: () => SinkCalls;
  /** The keys that senders need: those of the stand-in's only project. */
  keys: SinkKeys;
}

/** Langfuse's own limit of a batch; for exports a bound of ours, as a proxy in front may have one. */
const MAX_BYTES: Record<Api, number> = { ingestion: 4.5 * 1024 * 1024, otlp: 24 * 1024 * 1024 };

const LISTED_TRACES = 50;

/** The answer to a sender that gave up while waiting; it takes nothing. */
const NOBODY_READS = 499;

/** Where the sink stands: its base URL for senders is the Worker's origin and this. */
export const MOUNT = "/sink";

/** Langfuse's paths that a sender uses, below its base URL. Each other one, to read too, is a 404. */
export const API_PATHS = {
  otlp: "/api/public/otel/v1/traces",
  ingestion: "/api/public/ingestion",
  /** By it whoever has keys asks whether they are right. */
  projects: "/api/public/projects",
} as const;

async function readRequest(
  request: Request,
  api: Api,
  keys: SinkKeys,
  { refuse }: Behaviour,
): Promise<SinkRequest> {
  const { headers } = request;
  const ingestionVersion = headers.get("x-langfuse-ingestion-version");
  const sdkName = headers.get("x-langfuse-sdk-name");
  return {
    api,
    access: accessOf(headers.get("authorization"), keys),
    contentType: headers.get("content-type") ?? "",
    ...(ingestionVersion !== null && { ingestionVersion }),
    ...(sdkName !== null && { sdkName }),
    ...(refuse !== undefined && { refuse }),
    body: await readBody(request, MAX_BYTES[api], api === "otlp"),
  };
}

export function createSinkRoutes({ sink, keys }: SinkDeps): Hono {
  const app = new Hono();

  const take = (api: Api) => async (c: Context) => {
    const request = c.req.raw;
    const behaviour = await sink().nextBehaviour(api);
    const stays = await pause(behaviour.delayMs ?? 0, request.signal);
    if (!stays) return new Response(null, { status: NOBODY_READS });
    const refusal = misbehave(behaviour);
    if (refusal) return refusal;
    const { status, body, contentType } = await sink().receive(
      await readRequest(request, api, keys, behaviour),
    );
    return new Response(body, { status, headers: { "content-type": contentType } });
  };
  app.post(API_PATHS.otlp, take("otlp"));
  app.post(API_PATHS.ingestion, take("ingestion"));

  app.get(API_PATHS.projects, (c) => {
    const access = accessOf(c.req.header("authorization") ?? null, keys);
    if (access !== "full") return c.json({ message: "Invalid credentials" }, 401);
    return c.json({ data: [{ id: "sink", name: "the built-in Langfuse", metadata: {} }] });
  });

  app.get("/traces", async (c) => {
    const asked = Number(c.req.query("limit"));
    const limit = Number.isInteger(asked) && asked > 0 ? asked : LISTED_TRACES;
    const { revision } = await sink().requests();
    const etag = `"${revision}-${limit}"`;
    if (c.req.header("if-none-match") === etag) return c.body(null, 304, { etag });
    return c.json(await overview(sink(), limit), 200, { etag, "cache-control": "no-store" });
  });
  app.get("/changes", () => {
    const headers = { "content-type": "text/event-stream", "cache-control": "no-store" };
    return new Response(changesOf(sink), { headers });
  });
  app.delete("/traces", async (c) => {
    await sink().clear();
    return c.body(null, 204);
  });
  app.get("/traces/:id", async (c) => {
    const trace = await sink().trace(c.req.param("id"));
    return trace ? c.json(drawn(trace)) : c.json({ message: "no such trace" }, 404);
  });
  app.get("/findings", async (c) => c.json(await sink().findings()));
  app.get("/behaviour", async (c) => c.json(await sink().behaviour()));
  app.put("/behaviour", async (c) => {
    const asked = behaviourSchema.safeParse(await c.req.json().catch(() => undefined));
    if (!asked.success)
      return c.json({ message: "invalid behaviour", issues: asked.error.issues }, 400);
    await sink().behave(asked.data);
    return c.json(asked.data);
  });
  return app;
}

/** A page hears of a change after this time at most. */
const LOOK_MS = 400;
/** So often something is said even where nothing changes: what has gone away is noticed then. */
const SIGN_OF_LIFE_LOOKS = 40;

/** Server-sent events: the revision at the beginning and after each change. Pages that ask for it anew
 * every few seconds would fill the log of `wrangler dev` with their requests. */
function changesOf(sink: () => SinkCalls): ReadableStream<Uint8Array> {
  const gone = new AbortController();
  const encoder = new TextEncoder();
  let told: number | undefined;
  return new ReadableStream({
    async pull(controller) {
      for (let looks = 0; looks < SIGN_OF_LIFE_LOOKS; looks += 1) {
        if (told !== undefined && !(await pause(LOOK_MS, gone.signal))) return;
        const { revision } = await sink().requests();
        if (revision === told) continue;
        told = revision;
        return controller.enqueue(encoder.encode(`data: ${revision}\n\n`));
      }
      controller.enqueue(encoder.encode(":\n\n"));
    },
    cancel: () => gone.abort(),
  });
}

/** Waits; an abort ends it at once. True when it waited to the end. */
function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal.aborted || ms <= 0) return resolve(!signal.aborted);
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve(!signal.aborted);
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end);
  });
}
