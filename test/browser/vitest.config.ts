// `npm run test:browsers`: the journeys in which browsers differ, in the machine's own Firefox and WebKit.
import { defineConfig } from "vitest/config";

const PATIENCE_MS = 240_000;
const JOURNEYS = ["same-fetch", "whole-turn", "leaving", "offline", "late-chunks"];

const inBrowser = (name: string) => ({
  test: {
    name,
    environment: "node" as const,
    env: { JOURNEY_BROWSER: name },
    include: JOURNEYS.map((journey) => `test/browser/${journey}.test.ts`),
    globalSetup: ["./test/browser/support/installed.ts", "./test/support/build.ts"],
    testTimeout: PATIENCE_MS,
    hookTimeout: PATIENCE_MS,
    fileParallelism: false,
  },
});

export default defineConfig({
  test: { silent: "passed-only", projects: [inBrowser("firefox"), inBrowser("webkit")] },
});
