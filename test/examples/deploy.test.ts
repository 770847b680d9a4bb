// What the documented commands ask of Cloudflare, told to an account that is not there.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type CloudflareApi, cloudflareApi } from "./support/cloudflare-api.ts";
import { wranglerDeploy } from "./support/wrangler-deploy.ts";

async function account(): Promise<CloudflareApi> {
  const api = await cloudflareApi();
  onTestFinished(() => api.close());
  return api;
}

function fileOf(name: string, text: string, folder: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

const asked = (api: CloudflareApi, method: string, path: RegExp): string[] =>
  api.requests
    .filter((one) => one.method === method && path.test(one.path))
    .map(({ body }) => body);

interface Metadata {
  bindings: { name: string; type: string; text?: string; queue_name?: string }[];
  migrations?: { steps: object[] };
  package_dependencies?: object[];
}

/** What is said of the Worker beside its code. */
function uploaded(api: CloudflareApi): Metadata {
  const [form = ""] = asked(api, "PUT", /^\/workers\/scripts\/langfuse-edge$/);
  return JSON.parse(/name="metadata"\s+(\{.*\})/.exec(form)?.[1] ?? "") as Metadata;
}

test("one command makes the Worker with its secrets, its queue and the queue's consumer", async () => {
  const api = await account();
  const folder = mkdtempSync(join(tmpdir(), "langfuse-edge-deploy-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const secrets = fileOf("secrets", readFileSync(".dev.vars.example", "utf8"), folder);
  const said = await wranglerDeploy(api, "--secrets-file", secrets);

  expect(api.unknown).toEqual([]);
  expect(said).toContain("https://langfuse-edge.you.workers.dev");
  expect(said).not.toMatch(/warning|error/i);
  const order = api.requests.map(({ method, path }) => `${method} ${path}`);
  const queueMade = order.indexOf("POST /queues");
  const workerMade = order.indexOf("PUT /workers/scripts/langfuse-edge");
  const consumerMade = order.indexOf("POST /queues/queue-0/consumers");
  expect([queueMade, workerMade, consumerMade].toSorted((a, b) => a - b)).toEqual([
    queueMade,
    workerMade,
    consumerMade,
  ]);
  expect(queueMade).toBeGreaterThan(-1);
  expect(asked(api, "POST", /^\/queues$/)).toEqual(['{"queue_name":"langfuse-edge-claims"}']);
  expect(JSON.parse(asked(api, "POST", /consumers$/)[0] ?? "")).toEqual({
    type: "worker",
    script_name: "langfuse-edge",
    settings: { batch_size: 100, max_wait_time_ms: 1000, max_retries: 0, retry_delay: 0 },
  });

  const { bindings, migrations, package_dependencies: dependencies } = uploaded(api);
  const secretsMade = bindings.filter(({ type }) => type === "secret_text");
  expect(secretsMade.map(({ name }) => name)).toEqual([
    "LANGFUSE_PUBLIC_KEY",
    "LANGFUSE_SECRET_KEY",
    "LANGFUSE_BASE_URL",
  ]);
  expect(bindings).toContainEqual({
    name: "CLAIMS",
    type: "queue",
    queue_name: "langfuse-edge-claims",
  });
  expect(migrations?.steps).toEqual([
    { new_sqlite_classes: ["Session", "ProjectHealth"] },
    { new_sqlite_classes: ["LiveHub"] },
    { new_sqlite_classes: ["ProjectMetrics"] },
  ]);
  expect(dependencies).toBeUndefined();
});

test("on a route of one's own site, as wrangler.toml shows it", async () => {
  const api = await account();
  const block = /^# \[\[routes\]\]\n(?:#.*\n)+/m;
  const shown = block.exec(readFileSync("wrangler.toml", "utf8"))?.[0] ?? "";
  const text = readFileSync("wrangler.toml", "utf8").replace(shown, shown.replaceAll(/^# ?/gm, ""));
  // Beside the original, since its paths are relative.
  const config = fileOf(`wrangler.route-${process.pid}.toml`, text, process.cwd());
  onTestFinished(() => rmSync(config));
  await wranglerDeploy(api, "--config", config);

  expect(api.unknown).toEqual([]);
  expect(JSON.parse(asked(api, "PUT", /\/routes$/)[0] ?? "")).toEqual([
    { pattern: "app.example.com/api/langfuse/*", zone_name: "example.com" },
    { pattern: "app.example.com/langfuse-edge.js", zone_name: "example.com" },
  ]);
});
