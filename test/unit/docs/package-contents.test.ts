import { expect, test } from "vitest";
import { packageProblems } from "../../support/package-contents.ts";

const GOOD = [
  "package.json",
  "README.md",
  "LICENSE",
  "CHANGELOG.md",
  "llms.txt",
  "docs/existing-sdks.md",
  "docs/getting-started.md",
  "docs/performance.svg",
  "dist/assets/langfuse-edge.js",
  "dist/assets/_headers",
  "dist/assets/llms.txt",
  "dist/assets/dashboard.html",
  "dist/assets/dashboard/app.js",
  "dist/assets/dashboard/style.css",
  "dist/cli/main.js",
  "dist/server/index.js",
  "dist/server/index.d.ts",
  ...["index.js", "index.d.ts", "edge.js", "edge.d.ts", "types.d.ts", "wrangler.toml"].map(
    (name) => `dist/worker/${name}`,
  ),
  "dist/hooks/types.d.ts",
  "dist/serve/bindings.json",
  "dist/serve/host.js",
  "docs/existing-sdks.md",
  "dist/client/turn-A1B2.js",
  "dist/client/stream/answered.d.ts",
  "dist/protocol/change.d.ts",
  ...["index", "chat", "react", "errors", "experiments", "feedback", "offline"].flatMap((name) => [
    `dist/client/${name}.js`,
    `dist/client/${name}.d.ts`,
  ]),
];

test("a whole package has no problem", () => expect(packageProblems(GOOD)).toEqual([]));

test.each([
  ".dev.vars",
  "src/index.ts",
  "dist/assets/other.js",
  "dist/hooks/before-store.d.ts",
  "dist/worker/edge.js.map",
  "docs/pictures/demo.png",
  "dist/bench/x.js",
])("%s must not be in it", (path) =>
  expect(packageProblems([...GOOD, path])).toEqual([`${path} must not be in the package`]),
);

test.each(["llms.txt", "LICENSE", "dist/client/react.d.ts", "dist/assets/langfuse-edge.js"])(
  "%s must be in it",
  (path) =>
    expect(packageProblems(GOOD.filter((one) => one !== path))).toEqual([
      `${path} is missing in the package`,
    ]),
);
