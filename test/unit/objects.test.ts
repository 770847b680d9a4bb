import { describe, expect, test } from "vitest";
import type { ObjectsOf } from "../../src/bindings.ts";
import { objectsOf } from "../../src/objects.ts";
import { readSettings } from "../../src/settings/index.ts";
import { type Jurisdiction, readStorage } from "../../src/settings/storage.ts";

/** A namespace that says where an object would be; like the platform's, one knows only ids of its own. */
function namespace(where = "anywhere"): ObjectsOf<string> {
  const idOf = (text: string): DurableObjectId => ({
    toString: () => text,
    equals: (other) => other.toString() === text,
  });
  return {
    get: (id) => `object ${id.toString()}`,
    idFromName: (name) => idOf(`${where}/${name}`),
    idFromString: (hex) => {
      if (where !== "anywhere" && !hex.startsWith(where))
        throw new TypeError("another jurisdiction");
      return idOf(hex);
    },
    jurisdiction: (name: Jurisdiction) => namespace(name),
  };
}
const objects = (given: unknown) =>
  objectsOf(namespace(), readStorage({ DO_JURISDICTION: given }, []));

describe("objects", () => {
  test.each([
    [undefined, "anywhere"],
    ["", "anywhere"],
    ["eu", "eu"],
    ["fedramp", "fedramp"],
  ])("with DO_JURISDICTION=%s are made in %s", (given, where) => {
    expect(objects(given).byName("a")).toBe(`object ${where}/a`);
    expect(objects(given).named("a")).toEqual({ id: `${where}/a`, calls: `object ${where}/a` });
  });

  test.each(["EU", "eu ", "mars", " ", "fedramp-high", ["eu"], null, 1])(
    "with %j are not made at all, and the setting is named",
    (given) => {
      expect(() => objects(given).byName("a")).toThrow("DO_JURISDICTION");
      const { storage, problems } = readSettings({ DO_JURISDICTION: given });
      expect(storage).toEqual({ kind: "unusable" });
      expect(problems.join()).toMatch(/^DO_JURISDICTION: must be eu or fedramp/);
    },
  );

  test.each(["eu", "mars", undefined])("that are there are reached under %s too", (given) => {
    expect(objects(given).byId("anywhere/old")).toBe("object anywhere/old");
    expect(objects(given).byId("eu/new")).toBe("object eu/new");
  });
});
