// No test of `npm test` judges time: what is waited for has as long as a busy machine takes, and the clock of a test
// that needs one stands still or is moved.
import { globSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

/** Asked of a quiet machine alone: `npm run test:stream`. */
const QUIET = new Set(["cost", "long-stream"].map((name) => `test/browser/${name}.test.ts`));
/** Quadratic work would be minutes: this is no bound of speed. */
const HANGS_MS = 30_000;

const files = globSync("test/{unit,workers,journey,browser,examples}/**/*.test.{ts,tsx}").filter(
  (path) => !QUIET.has(path) && !path.includes("/house/"),
);
const lines = files.flatMap((path) => {
  const text = readFileSync(path, "utf8");
  return text.split("\n").map((line, at) => ({ where: `${path}:${at + 1}`, line }));
});

it("a duration that is measured has no bound but for what hangs", () => {
  const judged = lines.filter(({ line }) => {
    const [, most = ""] = /now\(\) - \w+\)\.toBeLessThan(?:OrEqual)?\(([\d_]+)\)/.exec(line) ?? [];
    return most !== "" && Number(most.replaceAll("_", "")) < HANGS_MS;
  });
  expect(lines.length).toBeGreaterThan(10_000);
  expect(judged.map(({ where }) => where)).toEqual([]);
});

it("what is waited for has its time: `vi.waitFor` alone gives up after a second", () => {
  const impatient = files.filter((path) => {
    const text = readFileSync(path, "utf8");
    const waits = text.split("vi.waitFor(").length - 1;
    return waits !== text.split(/, PATIENTLY,?\s*\)/).length - 1;
  });
  expect(impatient).toEqual([]);
});

it("nobody sleeps", () => {
  const sleeping = lines.filter(({ line }) =>
    /new Promise(?:<\w+>)?\(\(?(\w+)\)? => (?:void )?setTimeout\(\1, \d/.test(line),
  );
  expect(sleeping.map(({ where }) => where)).toEqual([]);
});
