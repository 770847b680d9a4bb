// `npm run test:examples`: each example with the packages that it names itself, which need a network.
import { defineConfig } from "vitest/config";

const PATIENCE_MS = 300_000;

export default defineConfig({
  test: {
    name: "installed",
    include: ["test/examples/installed/*.test.ts"],
    globalSetup: ["./test/support/build.ts", "./test/browser/support/chromium.ts"],
    environment: "node",
    testTimeout: PATIENCE_MS,
    hookTimeout: PATIENCE_MS,
    fileParallelism: false,
  },
});
