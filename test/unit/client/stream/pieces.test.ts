import { expect, test } from "vitest";
import { reading } from "../../../../src/client/reading/load-reading.ts";
import type { Loose } from "../../../../src/client/stream/loose.ts";
import { addPiece, type Holder } from "../../../../src/client/stream/pieces.ts";

await reading.load();

const argumentsOf = (...paths: string[]): Holder => {
  const args: Holder = {};
  for (const jsonPath of paths) {
    addPiece(args, { jsonPath, stringValue: "x" } as unknown as Loose, 1000);
  }
  return args;
};

test("a path leads through objects and lists", () => {
  expect(argumentsOf("$.rooms[0]['a.b']", "$.rooms[0]['a.b']", "$.rooms[1].c")).toEqual({
    rooms: [{ "a.b": "xx" }, { c: "x" }],
  });
});

test.each([
  ["no number in a list", "$.a[0]", "$.a.b"],
  ["a prototype", "$.a[0]", "$.__proto__.b"],
])("%s leads nowhere", (_name, ...paths) => {
  expect(argumentsOf(...paths)).toEqual({ a: ["x"] });
  expect({}).not.toHaveProperty("b");
});

test("a path that is made to be slow to read holds up no page", () => {
  const began = performance.now();
  expect(argumentsOf(`["${'"["'.repeat(200_000)}\n`, "$.a")).toEqual({ a: "x" });
  // It takes some ms; a search from each bracket would be a minute.
  expect(performance.now() - began).toBeLessThan(30_000);
});
