// What Langfuse answers with 200 and then loses, with other people's data. Each enters here as a
// client would send it and must come out harmless, with a note on the record.
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { edgeUnderTest } from "../edge-under-test.ts";

vi.spyOn(console, "info").mockImplementation(() => {});

async function changeFrom(
  data: string,
  action = "create_generation",
): Promise<Record<string, unknown>> {
  const { post, appends } = edgeUnderTest();
  const ids = '"traceId":"t","generationId":"g"';
  const { status } = await post(`{"action":"${action}","data":{${ids},${data}}}`);
  expect(status).toBe(200);
  return { ...appends[0]?.request.actions[0]?.change };
}

test("null metadata, as a whole and as a value", async () => {
  expect(await changeFrom('"metadata":null')).not.toHaveProperty("metadata");
  expect(await changeFrom('"metadata":{"a":null,"b":[null],"c":1}')).toMatchObject({
    metadata: [
      ["b", "[null]"],
      ["c", "1"],
    ],
  });
  expect(await changeFrom('"metadata":{"a":null}')).not.toHaveProperty("metadata");
});

test("metadata that is no object", async () => {
  expect(await changeFrom('"metadata":"x"')).toMatchObject({ metadata: [["metadata", "x"]] });
  expect(await changeFrom('"metadata":[1]')).toMatchObject({ metadata: [["metadata", "[1]"]] });
});

test("metadata of too many keys, or of one without a name", async () => {
  const many = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`k${index}`, index]));
  const change = await changeFrom(`"metadata":${JSON.stringify(many)}`);
  expect(change["metadata"]).toHaveLength(200);
  expect(JSON.stringify(change["metadata"])).toContain("k299");
  expect(change["notes"]).toHaveLength(1);
  expect(await changeFrom('"metadata":{"":1}')).toMatchObject({ metadata: [["metadata", "1"]] });
  const proto = await changeFrom('"metadata":{"__proto__":{"a":1}}');
  expect(proto).toMatchObject({ metadata: [["__proto__", '{"a":1}']] });
});

test("a lone surrogate in a value", async () => {
  expect(
    await changeFrom('"input":"a\\ud800b","output":{"x":["\\udfff"]},"name":"\\ud83d"'),
  ).toMatchObject({
    fields: { input: "a\ufffdb", output: '{"x":["\ufffd"]}', name: "\ufffd" },
    notes: [
      "name: lone surrogate replaced",
      "input: lone surrogate replaced",
      "output: lone surrogate replaced",
    ],
  });
});

test("a lone surrogate in a key", async () => {
  const change = await changeFrom('"metadata":{"k\\ud800":{"\\ud800":"\\ud800"}}');
  expect(change["metadata"]).toEqual([["k\ufffd", '{"\ufffd":"\ufffd"}']]);
  expect(change["notes"]).toEqual([
    "metadata key: lone surrogate replaced",
    "metadata.k\ufffd: lone surrogate replaced",
  ]);
});

test("a note that quotes a long key is cut, never inside a surrogate pair", async () => {
  for (const length of [108, 109, 110, 111, 112]) {
    const key = `${"k".repeat(length)}${"😀".repeat(20)}`;
    const change = await changeFrom(`"metadata":{"${key}":"\\ud800"}`);
    const [note = ""] = change["notes"] as string[];
    expect(note.length).toBeLessThanOrEqual(120);
    expect(note.isWellFormed()).toBe(true);
  }
});

test("NUL", async () => {
  expect(await changeFrom('"input":"a\\u0000b"')).toMatchObject({ fields: { input: "ab" } });
});

test("numbers that JSON cannot say", async () => {
  expect(await changeFrom('"input":{"a":1e999},"usage":{"input":1e999,"output":1}')).toMatchObject({
    fields: { input: '{"a":"Infinity"}', usageDetails: '{"output":1}' },
    notes: [
      "input: number that JSON cannot say became text",
      "usage.input: not a number from 0 to 1000000000000, left out",
    ],
  });
});

test("the time 0", async () => {
  expect(await changeFrom('"endTime":0', "end_generation")).toMatchObject({
    op: "end",
    notes: ["endTime: not a believable time, left out"],
  });
  expect(await changeFrom('"endTime":0', "end_generation")).not.toHaveProperty("fields");
});

test("a value nested too deeply", async () => {
  const deep = `${"[".repeat(500)}${"]".repeat(500)}`;
  const { notes, fields } = await changeFrom(`"input":${deep}`);
  expect(JSON.stringify(fields)).toContain("[nested too deeply]");
  expect(notes).toEqual(["input: nested deeper than 64, cut"]);
});

test("property: whatever a client sends, no poison reaches a session", async () => {
  const poisonous = fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.string({ unit: "binary" }),
    fc.constantFrom("\ud800", "a\udfff", "\u0000", null, [null], { a: null }),
  );
  const data = fc.dictionary(
    fc.constantFrom(
      "name",
      "input",
      "output",
      "metadata",
      "level",
      "tags",
      "usage",
      "spanId",
      "version",
    ),
    fc.oneof(poisonous, fc.dictionary(fc.string({ unit: "binary", maxLength: 4 }), poisonous)),
  );
  const { post, appends } = edgeUnderTest();
  await fc.assert(
    fc.asyncProperty(data, async (given) => {
      appends.length = 0;
      await post({ action: "create_generation", data: { ...given, traceId: "t" } });
      const texts = textsIn(appends[0]?.request.actions);
      expect(texts.filter((text) => !text.isWellFormed() || text.includes("\u0000"))).toEqual([]);
    }),
  );
});

/** Every text of a value, keys too; throws for what the wire to Langfuse must never get. */
function textsIn(value: unknown): string[] {
  if (value === null) throw new Error("null");
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  if (typeof value === "object") return Object.entries(value).flatMap(textsIn);
  if (typeof value === "number" && !Number.isFinite(value)) throw new Error("not finite");
  return [];
}

test("keys and labels that every span of a trace would repeat", async () => {
  const long = "k".repeat(5_000);
  const change = await changeFrom(`"metadata":{"${long}":"v"},"version":"${long}"`);
  expect(change["metadata"]).toEqual([[long.slice(0, 200), "v"]]);
  expect(change).toMatchObject({
    fields: { version: long.slice(0, 200) },
    notes: ["version: cut to 200 characters", "metadata key: cut to 200 characters"],
  });
});

test("counts that no column of whole numbers takes", async () => {
  const change = await changeFrom(
    '"usage":{"input":1e22,"output":3},"costDetails":{"total":1e300}',
  );
  expect(change["fields"]).toEqual({ usageDetails: '{"output":3}' });
  expect(change["notes"]).toHaveLength(2);
});

test("what was made safe in a score is told in its metadata", async () => {
  const { post, appends } = edgeUnderTest();
  const data = String.raw`{"traceId":"t","id":"s","name":"a\ud800","value":1}`;
  expect((await post(`{"action":"create_score","data":${data}}`)).status).toBe(200);
  const change = appends[0]?.request.actions[0]?.change;
  expect(change?.kind === "score" && JSON.parse(change.body)).toMatchObject({
    name: "a\ufffd",
    metadata: { langfuse_edge_notes: ["name: lone surrogate replaced"] },
  });
});
