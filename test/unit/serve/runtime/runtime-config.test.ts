import fc from "fast-check";
import { expect, test } from "vitest";
import { runtimeConfig, type RuntimePlan } from "../../../../src/serve/runtime/runtime-config.ts";
import { workerConfig } from "../../../../src/serve/runtime/worker-config.ts";

const WORKER = workerConfig({
  name: "langfuse-edge",
  compatibility_date: "2026-10-20",
  compatibility_flags: ["nodejs_compat"],
  vars: { AUTH: "key", LEVEL: 3 },
  assets: { directory: "dist/assets", binding: "ASSETS" },
  durable_objects: { bindings: [{ name: "SESSION", class_name: "Session" }] },
  ratelimits: [{ name: "LIMIT_OWNER", namespace_id: "1", simple: { limit: 1, period: 10 } }],
  queues: {
    producers: [{ binding: "CLAIMS", queue: "claims" }],
    consumers: [{ queue: "claims", max_batch_size: 100, max_batch_timeout: 1 }],
  },
  analytics_engine_datasets: [{ binding: "FIGURES", dataset: "figures" }],
  migrations: [{ tag: "v1", new_sqlite_classes: ["Session"] }],
});
const PLAN: RuntimePlan = {
  worker: WORKER,
  folders: { assets: "/p/assets", objects: "/d/objects" },
  modules: { "host.js": "/p/host.js", "edge.js": "/p/edge.js" },
  host: "::1",
  port: 8787,
  options: { queues: {}, files: {}, rateLimits: {}, trustedProxies: [] },
  variables: ["LANGFUSE_SECRET_KEY", "AUTH"],
  certificates: ["-----BEGIN CERTIFICATE-----\nAA\n"],
};

test("bindings that one machine has nothing for are known by name", () => {
  expect(WORKER.elsewhere).toEqual({ analytics_engine_datasets: ["FIGURES"] });
});

test("the configuration names what there is, and where", () => {
  const config = runtimeConfig(PLAN);
  for (const part of [
    'address = "[::1]:8787"',
    'embed "/p/edge.js"',
    'path = "/d/objects", writable = true',
    '(name = "SESSION", durableObjectNamespace = "Session")',
    '(className = "Session", uniqueKey = "langfuse-edge-Session", enableSql = true)',
    '(name = "LANGFUSE_SECRET_KEY", fromEnvironment = "LANGFUSE_EDGE_VAR_0")',
    '(name = "AUTH", fromEnvironment = "LANGFUSE_EDGE_VAR_1")',
    '(name = "LEVEL", json = "3")',
    'compatibilityDate = "2026-10-20"',
    "CERTIFICATE-----\\x0aAA",
  ]) {
    expect(config).toContain(part);
  }
  expect(config).not.toContain("FIGURES");
  expect(config.match(/name = "AUTH"/g)).toHaveLength(1);
});

test("no text can end its quotes", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (path) => {
      const config = runtimeConfig({ ...PLAN, folders: { ...PLAN.folders, objects: `/${path}` } });
      const [, quoted = ""] =
        /disk = \(path = "((?:\\x[\da-f]{2}|[^"\\])*)", writable/.exec(config) ?? [];
      const bytes = quoted.replaceAll(
        /\\x([\da-f]{2})|([^\\])/g,
        (_, hex: string | undefined, one: string) =>
          hex ?? one.charCodeAt(0).toString(16).padStart(2, "0"),
      );
      expect(Buffer.from(bytes, "hex").toString()).toBe(Buffer.from(`/${path}`).toString());
    }),
  );
});
