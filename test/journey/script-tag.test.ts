import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type * as Library from "../../src/client/script-tag.ts";
import type { Entry } from "../support/build.ts";
import { type RunningEdge, startEdge } from "../support/edge-process.ts";

const ENTRIES: Entry[] = ["production", "development"];

describe.each(ENTRIES)("the %s edge", (entry) => {
  let edge: RunningEdge;
  beforeAll(async () => {
    edge = await startEdge({ entry });
  });
  afterAll(() => edge.stop());

  test("serves the library as a script that a page of any origin may load", async () => {
    const response = await fetch(`${edge.url}/langfuse-edge.js`);
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": expect.stringMatching(/^(text|application)\/javascript/),
      "access-control-allow-origin": "*",
      "cross-origin-resource-policy": "cross-origin",
      "x-content-type-options": "nosniff",
      "cache-control": "public, max-age=3600, stale-while-revalidate=86400",
      etag: expect.any(String),
    });
    const page = { performance, crypto, setTimeout } as { LangfuseEdge?: typeof Library };
    runInNewContext(await response.text(), page);
    expect(Object.keys(page.LangfuseEdge ?? {})).toEqual(
      expect.arrayContaining(["LangfuseProxy", "tracedFetch", "traceChat", "offlineQueue"]),
    );
  });

  test("serves llms.txt, readable from any origin, without links that lead nowhere", async () => {
    const response = await fetch(`${edge.url}/llms.txt`);
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": expect.stringMatching(/^text\/plain/),
      "access-control-allow-origin": "*",
    });
    const text = await response.text();
    expect(text).toMatch(/^# langfuse-edge\n\n> /);
    expect(text).toContain("LangfuseEdge.tracedFetch");
    const targets = Array.from(text.matchAll(/\]\(([^)]*)\)/g), ([, target]) => target);
    expect(targets.filter((target) => !target?.startsWith("https://"))).toEqual([]);
  });

  test("does not call the Worker for them, and does so for everything else", async () => {
    const paths = [
      "/langfuse-edge.js",
      "/llms.txt",
      "/api/langfuse/trace",
      "/_headers",
      "/nothing.js",
    ];
    for (const path of paths) await (await fetch(`${edge.url}${path}`)).arrayBuffer();
    const body = JSON.stringify({ action: "flush", data: {} });
    const headers = { "content-type": "application/json" };
    const init = { method: "POST", headers, body };
    const answer = await fetch(`${edge.url}/api/langfuse/trace`, init);
    expect(await answer.json()).toHaveProperty("success");
    const requests = edge.log().match(/"event":"request"/g) ?? [];
    expect(requests).toHaveLength(4);
  });
});
