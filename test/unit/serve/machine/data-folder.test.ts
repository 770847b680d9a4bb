import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { checkMarker, makeFolder, openFolder } from "../../../../src/serve/machine/data-folder.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "langfuse-edge-data-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test("a new folder is made for its owner alone, and opened again", () => {
  const path = makeFolder(join(root, "a/b"));
  expect(statSync(path).mode & 0o777).toBe(0o700);
  expect(openFolder(path).objects).toBe(join(path, "objects"));
  expect(statSync(join(path, "langfuse-edge.json")).mode & 0o777).toBe(0o600);
  expect(openFolder(path).path).toBe(path);
});

test("a folder with other things in it is left alone, a mounted one is taken", () => {
  writeFileSync(join(root, "thesis.tex"), "");
  expect(() => openFolder(root)).toThrow("holds other things (thesis.tex)");
  expect(() => makeFolder(root)).toThrow("holds other things (thesis.tex)");
  rmSync(join(root, "thesis.tex"));
  mkdirSync(join(root, "lost+found"));
  expect(openFolder(root).path).toBe(root);
});

test("a folder whose first start was cut off is taken", () => {
  mkdirSync(join(root, "locks"));
  writeFileSync(join(root, "lock"), "");
  writeFileSync(join(root, "langfuse-edge.json.new"), '{"lay');
  expect(openFolder(makeFolder(root)).path).toBe(root);
  rmSync(join(root, "objects"), { recursive: true });
  expect(openFolder(makeFolder(root)).path).toBe(root);
});

test("a file in its place is named", () => {
  const file = join(root, "file");
  writeFileSync(file, "");
  expect(() => makeFolder(file)).toThrow(`the data folder ${file} can't be used`);
});

const OURS = { layout: 1, journal: 3, version: "0.1.0" };
const check = (marker: object): void => checkMarker("/data", JSON.stringify(marker), OURS);

test("data of a later format is refused, with who wrote it", () => {
  expect(() => check({ ...OURS, journal: 4, version: "0.9.0" })).toThrow(
    "last used by langfuse-edge 0.9.0, whose data 0.1.0 can't read",
  );
  expect(() => check({ ...OURS, layout: 2 })).toThrow("can't read");
  expect(() => check({ ...OURS, journal: 4, version: "\u001b[31m" })).not.toThrow("\u001b");
});

test("data of an earlier version, or of a later one with the same format, is taken", () => {
  expect(() => check({ layout: 1, journal: 3, version: "9.9.9", more: true })).not.toThrow();
  expect(() => check({ layout: 0, journal: 2, version: "0.0.1" })).not.toThrow();
});

test.each(["", "null", "{}", '{"layout":"1"}', "[1]"])(
  "a marker that says %s is no marker",
  (text) => expect(() => checkMarker("/data", text, OURS)).toThrow("can't be read"),
);

test("the marker says who was here last", () => {
  openFolder(root);
  expect(JSON.parse(readFileSync(join(root, "langfuse-edge.json"), "utf8"))).toMatchObject({
    layout: 1,
    journal: expect.any(Number) as number,
  });
});
