import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { complete, toJson } from "../../../../src/client/extras/safe-json.ts";
import { MAX_BODY_DEPTH } from "../../../../src/protocol/limits.ts";
import type { Item } from "../../../../src/client/send/queue.ts";
import { MAX_LENGTH, snapshot } from "../../../../src/client/send/snapshot.ts";

const throwing = (): object =>
  Object.defineProperty({ beside: 1 }, "broken", {
    enumerable: true,
    get: () => {
      throw new Error("no");
    },
  });
const BASE64 = "iVBO".repeat(300);

/** All that an app may hand over, and what stands in it. */
const anything = fc.oneof(
  fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withTypedArray: true,
    withNullPrototype: true,
  }),
  fc.constant(0).map(throwing),
  fc.func(fc.anything()),
  fc.constantFrom(
    Symbol.iterator,
    new Error("broken"),
    /a/g,
    BASE64,
    new URL("https://a.example/"),
  ),
  fc.constant(new Headers({ a: "1" })),
);

test("what is plain is said by JSON alone as it is said in words", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), anything), (data) => {
      const item = { ...snapshot(data, { at: 7 }, MAX_LENGTH) } as Item;
      // … and what is not is put in later as if it had been there.
      complete(item);
      expect(item.json).toBe(toJson({ at: 7, data }));
      expect(item.odd).toEqual([]);
    }),
  );
});

test("what is not plain leaves what stands beside it", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 3 }), (beside) => {
      const odd = new Set([1]);
      expect(
        snapshot({ a: [beside, odd], b: beside }, { seq: 1, at: 7 }, MAX_LENGTH),
      ).toMatchObject({
        json: JSON.stringify({ seq: 1, at: 7, data: { a: [beside, "[unreadable]"], b: beside } }),
        odd: [odd],
      });
    }),
  );
});

test("every value that JSON has is plain", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
      const { json, odd } = snapshot({ value }, { seq: 1, at: 7 }, MAX_LENGTH);
      expect(odd).toEqual([]);
      expect(JSON.parse(json)).toEqual(
        JSON.parse(JSON.stringify({ seq: 1, at: 7, data: { value } })),
      );
    }),
  );
});

test("a text that says what is told of odd values stays beside them", () => {
  const data = { a: "[unreadable]", b: [new Set([1]), "[unreadable]"] };
  const item = snapshot(data, { at: 7 }, MAX_LENGTH) as Item;
  complete(item);
  expect(item.json).toBe('{"at":7,"data":{"a":"[unreadable]","b":[[1],"[unreadable]"]}}');
});

test.each<[string, unknown]>([
  ["nothing", undefined],
  ["dates", [new Date(0), new Date(NaN)]],
  ["large numbers, symbols and functions", [2n ** 70n, Symbol("x"), String]],
  ["an error", Object.assign(new TypeError("broken"), { code: 7 })],
  ["a URL", { url: new URL("https://a.example/") }],
  ["a name that is an object's own", JSON.parse('{"__proto__":{"x":1},"toString":1}')],
  ["gaps", Object.assign(Array<unknown>(2), { 1: 1 })],
  ["a long text", "word ".repeat(50_000)],
])("so are %s", (_kind, value) => {
  const { json, odd } = snapshot({ value }, { at: 7 }, MAX_LENGTH);
  expect(odd).toEqual([]);
  expect(json).toBe(toJson({ at: 7, data: { value } }));
});

const cyclic: Record<string, unknown> = { a: 1 };
cyclic["self"] = [cyclic];
const nested = (levels: number): unknown => {
  let all: unknown = "bottom";
  for (let n = 0; n < levels; n += 1) all = { all };
  return all;
};
let wide: unknown = 1;
for (let n = 0; n < 40; n += 1) {
  const all = wide;
  wide = Array.from({ length: 20 }, () => all);
}

test.each<[string, unknown]>([
  ["a file", `data:image/png;base64,${BASE64}`],
  ["a file in a text", `Look: data:image/png;base64,${BASE64} …`],
  ["bytes", new Uint8Array(3)],
  ["a buffer of bytes", new ArrayBuffer(5)],
  ["a Buffer, whose own JSON is a list of numbers", Buffer.from("abc")],
  ["a Blob", new Blob(["abc"])],
  ["a map", new Map([["a", 1]])],
  ["a text without end", "x ".repeat(300_000)],
  ["a list without end", Array.from({ length: 1e6 }, () => 1)],
  ["a cycle", cyclic],
  ["a nesting without end", nested(100_000)],
  ["a nesting that would be refused", nested(MAX_BODY_DEPTH)],
  ["a graph with more ways than atoms", wide],
  ["a getter that throws", throwing()],
  [
    "a toJSON that throws",
    {
      toJSON: () => {
        throw new Error("no");
      },
    },
  ],
])("not so %s; the fields beside it stay", (_kind, value) => {
  const data = { traceId: "t1", metadata: { a: 1 }, name: undefined, value, after: 1 };
  const { json, odd } = snapshot(data, { at: 7 }, MAX_LENGTH);
  expect(odd).toEqual([value]);
  expect(JSON.parse(json)).toEqual({
    at: 7,
    data: { traceId: "t1", metadata: { a: 1 }, value: "[unreadable]", after: 1 },
  });
});

test("a field that goes in a circle is odd as a whole, whatever odd values came before in it", () => {
  const data = { a: new Map([["a", 1]]), b: [new Set([1]), cyclic], c: /c/g };
  const item = snapshot(data, { at: 7 }, MAX_LENGTH) as Item;
  expect(item.odd).toEqual([data.a, data.b, data.c]);
  complete(item);
  expect(item.json).toBe(toJson({ at: 7, data }));
});

test("whatever an action holds, its bare text is JSON, and its ids are in it", () => {
  fc.assert(
    fc.property(anything, anything, (input, output) => {
      const { json } = snapshot(
        { traceId: "t1", input, output, level: "ERROR" },
        { at: 7 },
        MAX_LENGTH,
      );
      expect(JSON.parse(json)).toMatchObject({ at: 7, data: { traceId: "t1", level: "ERROR" } });
    }),
  );
});

describe("what the app changes later stays as it was", () => {
  test("in all that JSON has", () => {
    const messages = [{ role: "user", content: ["a"] }];
    const { json } = snapshot({ messages, at: new Date(0) }, { at: 7 }, MAX_LENGTH);
    messages[0]?.content.push("b");
    messages.push({ role: "assistant", content: [] });
    expect(JSON.parse(json)).toEqual({
      at: 7,
      data: {
        messages: [{ role: "user", content: ["a"] }],
        at: "1970-01-01T00:00:00.000Z",
      },
    });
  });

  test("also beside what only the extras can say", () => {
    const image = { image: `data:image/png;base64,${BASE64}` };
    const messages: unknown[] = [image];
    const item = snapshot({ messages, pattern: /a/g }, { at: 7 }, MAX_LENGTH) as Item;
    messages.push("later");
    image.image = "later";
    expect(item.odd).toHaveLength(2);
    complete(item);
    expect(JSON.parse(item.json)).toEqual({
      at: 7,
      data: { messages: [{ image: '{"type":"image/png","bytes":900}' }], pattern: "/a/g" },
    });
  });
});

test("a field that is named toJSON is a field", () => {
  const data = { a: { toJSON: 1, set: new Set([1]) } };
  const item = snapshot(data, { at: 7 }, MAX_LENGTH) as Item;
  complete(item);
  expect(item.json).toBe('{"at":7,"data":{"a":{"toJSON":1,"set":[1]}}}');
});
