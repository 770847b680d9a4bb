// OpenTelemetry's web SDK in a page of another origin, as the edge lets pages in: by key, and by token.
import { afterAll, beforeAll, expect, it } from "vitest";
import { langfuseTraceId, ownerOf, ownerTag } from "../../src/protocol/ids.ts";
import { DEFAULT_RATE_LIMITS } from "../../src/protocol/rate-limits.ts";
import { type RunningEdge, startEdge } from "../support/edge-process.ts";
import { basic, KEYS, keyVars } from "../support/post.ts";
import { rootsOf, treeOf } from "../support/read-span-tree.ts";
import {
  attributesOf,
  type RecordingLangfuse,
  recordingLangfuse,
  type WireSpan,
} from "../support/recording-langfuse.ts";
import { until } from "../support/until.ts";
import { openPage } from "./support/watched-page.ts";
import { startWorld, type World } from "./support/world.ts";

let langfuse: RecordingLangfuse;
/** Its edge lets pages in by key … */
let world: World;
/** … and this one by token. */
let guarded: RunningEdge;
beforeAll(async () => {
  langfuse = await recordingLangfuse();
  world = await startWorld({
    pages: ["opentelemetry"],
    edge: (origin) => ({
      vars: { ...keyVars(langfuse.url), AUTH: "key", ALLOWED_ORIGINS: origin },
      rateLimits: DEFAULT_RATE_LIMITS,
    }),
  });
  guarded = await startEdge({
    vars: {
      ...keyVars(langfuse.url),
      AUTH: "token",
      AUTH_TOKEN_SECRET: "a-secret-of-the-browser-tests-0123456789",
      ALLOWED_ORIGINS: world.site.url,
    },
  });
});
afterAll(async () => {
  await guarded.stop();
  await world.close();
  await langfuse.close();
});

/** What a page writes; the trace's id as the page has it, and the spans as they arrive. */
async function written(
  edge: string,
  session: string,
  token: string,
): Promise<{ trace: string; spans: WireSpan[]; trouble: string[] }> {
  const setup = { url: `${edge}/v1/traces`, authorization: `Bearer ${token}`, session };
  const browser = await world.browser.newContext();
  const { page, trouble } = await openPage(browser, world.site.page("opentelemetry", setup));
  const trace = await page.evaluate(() =>
    (globalThis as unknown as { write: () => Promise<string> }).write(),
  );
  const spans = await until(() => {
    const those = langfuse.spans().filter((span) => attributesOf(span)["session.id"] === session);
    return those.length >= 2 && those;
  });
  await browser.close();
  return { trace, spans, trouble };
}

it("with the public key: the trace arrives under its own id", async () => {
  const { trace, spans, trouble } = await written(world.edge.url, "otel-key", KEYS.publicKey);
  expect(trouble).toEqual([]);
  expect(treeOf(spans)).toEqual({ click: undefined, fetch: "click" });
  expect(rootsOf(spans)).toEqual(["click"]);
  expect(new Set(spans.map((span) => span.traceId))).toEqual(new Set([trace]));
  const call = spans.find(({ name }) => name === "fetch");
  expect(call).toMatchObject({
    status: { code: 2, message: "cut off" },
    events: [{ name: "first byte" }],
  });
});

it("with a token: in its owner's namespace, as that user", async () => {
  const response = await fetch(`${guarded.url}/api/langfuse/token`, {
    method: "POST",
    headers: { authorization: basic(), "content-type": "application/json" },
    body: JSON.stringify({ sessionId: "otel-token", userId: "ada" }),
  });
  const { token } = await response.json<{ token: string }>();
  const { trace, spans, trouble } = await written(guarded.url, "otel-token", token);
  expect(trouble).toEqual([]);
  const tag = ownerTag(KEYS.publicKey, ownerOf({ userId: "ada" }));
  const id = langfuseTraceId(`${trace}.${tag}`);
  expect(new Set(spans.map((span) => span.traceId))).toEqual(new Set([id]));
  expect(treeOf(spans)).toEqual({ click: undefined, fetch: "click" });
  for (const span of spans) expect(attributesOf(span)["user.id"]).toBe("ada");
});
