import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

/** No test judges time: a property of thousands of cases may take its own on a busy machine. */
const PATIENCE_MS = 60_000;

export default defineConfig({
  test: {
    silent: "passed-only",
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/unit/**/*.test.ts"],
          environment: "node",
          testTimeout: PATIENCE_MS,
        },
      },
      {
        plugins: [cloudflareTest({ wrangler: { configPath: "./test/workers/wrangler.toml" } })],
        test: { name: "workers", include: ["test/workers/**/*.test.ts"], testTimeout: PATIENCE_MS },
      },
      {
        test: {
          name: "journey",
          include: ["test/journey/**/*.test.ts"],
          globalSetup: "./test/support/build.ts",
          environment: "node",
          testTimeout: PATIENCE_MS,
          hookTimeout: PATIENCE_MS,
        },
      },
      {
        test: {
          name: "examples",
          include: ["test/examples/*.test.ts"],
          globalSetup: ["./test/support/build.ts", "./test/browser/support/chromium.ts"],
          environment: "node",
          testTimeout: PATIENCE_MS,
          hookTimeout: PATIENCE_MS,
        },
      },
      {
        test: {
          name: "browser",
          include: ["test/browser/**/*.test.ts"],
          globalSetup: ["./test/support/build.ts", "./test/browser/support/chromium.ts"],
          environment: "node",
          testTimeout: PATIENCE_MS,
          hookTimeout: PATIENCE_MS,
          // After the others, one file at a time: what is measured is the page, not the machine.
          sequence: { groupOrder: 1 },
          fileParallelism: false,
        },
      },
    ],
  },
});
