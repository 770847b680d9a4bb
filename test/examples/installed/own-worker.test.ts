import { afterAll, beforeAll, expect, test } from "vitest";
import { copyExample, type ExampleCopy } from "../support/example-copy.ts";
import { installPackages, runIn } from "../support/install.ts";

let app: ExampleCopy;
beforeAll(() => {
  app = copyExample("own-worker");
  installPackages(app.path);
});
afterAll(() => app.remove());

test("a Worker of one's own has the right types, and is what wrangler would upload", () => {
  runIn(app.path, ["npx", "tsc"]);
  const said = runIn(app.path, ["npx", "wrangler", "deploy", "--dry-run", "--outdir", "out"]);
  for (const words of ["env.SESSION (Session)", "env.CLAIMS", "env.SAMPLE"]) {
    expect(said).toContain(words);
  }
  expect(said).not.toMatch(/error/i);
});
