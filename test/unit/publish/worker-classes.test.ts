// Every class that the edge's bindings name is exported wherever a Worker is made of the edge.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { packagedConfig } from "../../../src/publish/packaged-config.ts";

const read = (path: string): string => readFileSync(path, "utf8");
const config = read("wrangler.toml");
const classes = Array.from(config.matchAll(/^class_name = "(\w+)"/gm), ([, name = ""]) => name);

test.each([
  ["src/index.ts", (name: string) => `export { ${name} }`],
  ["src/worker/index.ts", (name: string) => `export const ${name}: ObjectClass`],
  ["src/publish/build-worker.ts", (name: string) => name],
  ["examples/own-worker/worker.ts", (name: string) => name],
  ["docs/own-worker.md", (name: string) => `\`${name}\``],
])("%s exports them", (path, words) => {
  expect(classes.length).toBeGreaterThan(1);
  expect(classes.filter((name) => !read(path).includes(words(name)))).toEqual([]);
});

test("the example's Worker has the bindings of the edge, and so has the package's configuration", () => {
  const bound = (text: string): string[] =>
    Array.from(
      text.matchAll(
        /^(?:\[\[.*\]\]|(?:name|class_name|binding|queue|tag|new_sqlite_classes) = .*)$/gm,
      ),
      ([line]) => line,
    );
  const own = bound(config);
  expect(own.length).toBeGreaterThan(20);
  expect(bound(read("examples/own-worker/wrangler.toml"))).toEqual(own);
  const packaged = packagedConfig(config);
  expect(bound(packaged)).toEqual(own);
  expect(packaged).not.toMatch(/^\[build\]|^#:schema|src\/index\.ts/m);
});
