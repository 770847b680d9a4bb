import { Buffer } from "node:buffer";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { withoutFiles } from "../../../../src/client/extras/files.ts";
import { toJson } from "../../../../src/client/extras/safe-json.ts";
import { beginning } from "../../../../src/client/answer/beginning.ts";
import { askedBy } from "../../../../src/client/reading/request-input.ts";
import { eachOnAPage, find } from "../turn/chat-under-test.ts";
import { fakeEdge, kept } from "../fake-edge.ts";
import { pass, proxyTo } from "../trace/proxy-under-test.ts";

eachOnAPage();

const base64 = (bytes: number): string =>
  Buffer.from(Uint8Array.from({ length: bytes }, (_, n) => (n * 151) % 256)).toString("base64");
const BYTES = 1_050_001;
const DATA = base64(BYTES);
const URL = `data:image/png;base64,${DATA}`;
const PICTURE = `{"type":"image/png","bytes":${BYTES}}`;

/** A file as each format has it, and what is kept of it. */
const FORMATS: [string, unknown, unknown][] = [
  ["a data URL alone", URL, PICTURE],
  [
    "with parameters",
    `data:audio/ogg;codecs=opus;base64,${DATA}`,
    PICTURE.replace("image/png", "audio/ogg"),
  ],
  ["without a type", `data:;base64,${DATA}`, PICTURE.replace("image/png", "")],
  [
    "OpenAI's image",
    { type: "image_url", image_url: { url: URL } },
    { type: "image_url", image_url: { url: PICTURE } },
  ],
  [
    "OpenAI's audio",
    { type: "input_audio", input_audio: { data: DATA, format: "wav" } },
    {
      type: "input_audio",
      input_audio: { data: `{"type":"wav","bytes":${BYTES}}`, format: "wav" },
    },
  ],
  [
    "Anthropic's source",
    { type: "image", source: { type: "base64", media_type: "image/png", data: DATA } },
    { type: "image", source: { type: "base64", media_type: "image/png", data: PICTURE } },
  ],
  [
    "Gemini's inline data",
    { inlineData: { mimeType: "image/png", data: DATA } },
    { inlineData: { mimeType: "image/png", data: PICTURE } },
  ],
  [
    "the AI SDK's file",
    { type: "file", mediaType: "image/png", data: DATA },
    { type: "file", mediaType: "image/png", data: PICTURE },
  ],
  [
    "Ollama's images, without a type",
    { content: "What?", images: [DATA] },
    { content: "What?", images: [`{"bytes":${BYTES}}`] },
  ],
  [
    "a picture in Markdown",
    `Here: ![a cat](${URL}) and more`,
    `Here: ![a cat]([image/png, ${BYTES} bytes]) and more`,
  ],
];

describe.each(FORMATS)("%s", (_, value, expected) => {
  test("is its type and size where it is handed over", () => {
    expect(JSON.parse(toJson({ data: { input: value, traceId: "t1" } }))).toEqual({
      data: { input: expected, traceId: "t1" },
    });
    expect(JSON.parse(toJson({ data: { input: beginning(value) } }))).toEqual({
      data: { input: expected },
    });
  });

  test("and where it is read from a request", () => {
    const { input } = askedBy(JSON.stringify({ messages: [{ content: value }] }));
    expect(JSON.parse(toJson(input))).toEqual(expected);
  });
});

test("a picture that is handed over with a generation or a turn is never cut base64", async () => {
  const edge = fakeEdge(kept);
  const proxy = proxyTo(edge);
  void proxy.createGeneration({ traceId: "t1", input: { image: URL }, output: [URL] });
  void proxy.endGeneration({ traceId: "t1", generationId: "g1", metadata: { picture: URL } });
  await pass(2000);
  expect(find(edge.actions(), "create_generation")).toMatchObject({
    input: { image: PICTURE },
    output: [PICTURE],
  });
  expect(find(edge.actions(), "end_generation")).toMatchObject({ metadata: { picture: PICTURE } });
});

test.each<[string, unknown, unknown]>([
  ["bytes", new Uint8Array(5), '{"bytes":5}'],
  [
    "bytes with their type beside them",
    { mediaType: "image/png", data: new Uint8Array(5) },
    { mediaType: "image/png", data: '{"type":"image/png","bytes":5}' },
  ],
  ["a Buffer, whose own JSON is a list of numbers", Buffer.alloc(5), '{"bytes":5}'],
  [
    "a Blob's own type wins",
    { format: "x", data: new Blob(["abc"], { type: "image/png" }) },
    { format: "x", data: '{"type":"image/png","bytes":3}' },
  ],
])("%s", (_, value, expected) => {
  expect(JSON.parse(toJson({ value }))).toEqual({ value: expected });
});

test.each([
  ["long", "x".repeat(50_000)],
  ["in small letters and digits", "a1".repeat(10_000)],
  ["in words", "SomeLongName/".repeat(1000)],
  ["a small picture", `data:image/png;base64,${"A1".repeat(450)}`],
  ["a data URL of text", `data:image/svg+xml,${"%3Csvg".repeat(1000)}`],
  ["that speaks of data: URLs", "data:image/png;base64, and so on. ".repeat(1000)],
])("a text %s stays as it is", (_, text) => {
  expect(withoutFiles(text)).toBe(text);
});

test("a text that is JSON stays JSON", () => {
  const text = JSON.stringify({ url: URL, beside: 1 });
  expect(JSON.parse(withoutFiles(text))).toEqual({
    url: `[image/png, ${BYTES} bytes]`,
    beside: 1,
  });
});

test("the size is that of the bytes", () => {
  fc.assert(
    fc.property(fc.integer({ min: 750, max: 3000 }), (bytes) => {
      const data = base64(bytes);
      expect(withoutFiles(data, { format: "png" })).toBe(`{"type":"png","bytes":${bytes}}`);
      expect(withoutFiles(`data:a/b;base64,${data}`)).toBe(`{"type":"a/b","bytes":${bytes}}`);
    }),
  );
});

test("whatever the text, it is read once", () => {
  for (const text of ["data:", "data:;", "data:a;b", "data:a;base64,AAAA", ";base64,"]) {
    const long = text.repeat(1_000_000 / text.length);
    expect(withoutFiles(long).length).toBeGreaterThan(900_000);
  }
});
