import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

/** No test judges time, so this only ends one that hangs: a busy machine takes its own. */
const PATIENCE_MS = 240_000;
/** Journeys mostly wait for alarms, queues and timeouts: more of them than cores run at once. */
const JOURNEYS_AT_ONCE = 6;
/** A browser works more than it waits. */
const BROWSERS_AT_ONCE = 3;

const patient = {
  environment: "node",
  testTimeout: PATIENCE_MS,
  hookTimeout: PATIENCE_MS,
  expect: { poll: { timeout: PATIENCE_MS / 2 } },
} as const;
const sameCases = "./test/support/same-cases.ts";
const builds = "./test/support/build.ts";
const chromium = "./test/browser/support/chromium.ts";
/** Measures the page's memory: alone, so that it measures nothing else. */
const LEAK = "test/browser/leak.test.ts";
/** Judge milliseconds, so only a quiet machine is asked: `npm run test:stream`. */
const STREAM = ["cost", "long-stream"].map((name) => `test/browser/${name}.test.ts`);

const stream = {
  test: {
    ...patient,
    name: "stream",
    include: STREAM,
    globalSetup: [builds, chromium],
    fileParallelism: false,
  },
};

export default defineConfig({
  test: {
    silent: "passed-only",
    projects: [
      {
        test: {
          ...patient,
          name: "unit",
          include: ["test/unit/**/*.test.ts"],
          setupFiles: sameCases,
          // Pure modules have nothing to be kept apart for.
          isolate: false,
        },
      },
      {
        plugins: [cloudflareTest({ wrangler: { configPath: "./test/workers/wrangler.toml" } })],
        test: {
          name: "workers",
          include: ["test/workers/**/*.test.ts"],
          setupFiles: sameCases,
          testTimeout: PATIENCE_MS,
          hookTimeout: PATIENCE_MS,
        },
      },
      {
        test: {
          ...patient,
          name: "journey",
          include: ["test/journey/**/*.test.ts"],
          globalSetup: builds,
          maxWorkers: JOURNEYS_AT_ONCE,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...patient,
          name: "examples",
          include: ["test/examples/*.test.ts"],
          globalSetup: [builds, chromium],
          maxWorkers: BROWSERS_AT_ONCE,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          ...patient,
          name: "browser",
          include: ["test/browser/**/*.test.ts"],
          exclude: [LEAK, ...STREAM],
          globalSetup: [builds, chromium],
          maxWorkers: BROWSERS_AT_ONCE,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          ...patient,
          name: "page",
          include: [LEAK],
          globalSetup: [builds, chromium],
          fileParallelism: false,
          sequence: { groupOrder: 3 },
        },
      },
      ...(process.env["MEASURE"] === undefined ? [] : [stream]),
    ],
  },
});
