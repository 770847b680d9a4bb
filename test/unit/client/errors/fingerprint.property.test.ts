// The same error has the same fingerprint in every build and at every place of a line, and others have others.
import { describe, expect, test } from "vitest";
import fc from "fast-check";
import { fingerprint, stableMessage } from "../../../../src/client/errors/fingerprint.ts";
import { stableFile, stableFrames, stableFunction } from "../../../../src/client/errors/frames.ts";

interface Frame {
  name: string;
  file: string;
  line: number;
  column: number;
}
const chromium = (message: string, frames: Frame[]): string =>
  [
    `TypeError: ${message}`,
    ...frames.map(({ name, file, line, column }) => `    at ${name} (${file}:${line}:${column})`),
  ].join("\n");
const firefox = (frames: Frame[]): string =>
  frames.map(({ name, file, line, column }) => `${name}@${file}:${line}:${column}`).join("\n");

const names = fc.constantFrom("sendMessage", "onClick", "renderChat", "parseAnswer", "useTyping");
const files = fc.constantFrom("chat", "index", "answer-view", "vendor.react");
const place = fc.record({
  line: fc.integer({ min: 1, max: 99_999 }),
  column: fc.integer({ min: 1, max: 99_999 }),
});
/** Eight of base64url, as Vite and Rollup put it there. */
const hash = fc.stringMatching(/^[\w-]{8}$/);
const host = fc.constantFrom("https://app.example/", "http://localhost:5173/assets/", "/");

describe("a fingerprint", () => {
  test("is the same wherever the same functions stand, in every build, on every host", () => {
    const build = fc.record({
      hash,
      host,
      places: fc.array(place, { minLength: 4, maxLength: 4 }),
    });
    const frames = fc.array(fc.record({ name: names, file: files }), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(frames, build, build, fc.boolean(), (told, one, other, isFirefox) => {
        const [a, b] = [one, other].map(({ hash: id, host: at, places }) => {
          const own = told.map(({ name, file }, i) => ({
            name,
            file: `${at}${file}-${id}.js`,
            ...places[i]!,
          }));
          const stack = isFirefox ? firefox(own) : chromium("x is undefined", own);
          return fingerprint({ type: "TypeError", message: "x is undefined", stack });
        });
        expect(a).toBe(b);
        expect(a).toMatch(/^[\da-f]{16}$/);
      }),
    );
  });

  test("is the same for messages that differ in numbers and ids only", () => {
    const id = fc.oneof(fc.uuid(), fc.nat().map(String), fc.stringMatching(/^[\da-f]{12}\d$/));
    fc.assert(
      fc.property(id, id, (a, b) => {
        const of = (one: string): string =>
          fingerprint({
            type: "Error",
            message: `no chat ${one} in https://a.example/c?id=${one}`,
          });
        expect(of(a)).toBe(of(b));
      }),
    );
  });

  test("is another for another type, message, function or file", () => {
    const error = {
      type: "TypeError",
      message: "x is undefined",
      stack: firefox([{ name: "send", file: "/chat-BxKf9aQz.js", line: 1, column: 2 }]),
    };
    const all = [
      error,
      { ...error, type: "RangeError" },
      { ...error, message: "y is undefined" },
      { ...error, stack: error.stack.replace("send", "show") },
      { ...error, stack: error.stack.replace("/chat", "/home") },
      { ...error, stack: "" },
    ].map((one) => fingerprint(one));
    expect(new Set(all).size).toBe(all.length);
  });

  test("of any error is one", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (type, message, stack) => {
        expect(fingerprint({ type, message, stack })).toMatch(/^[\da-f]{16}$/);
      }),
    );
  });
});

describe("a file", () => {
  test.each([
    ["https://app.example/assets/index-BxKfQzAa.js", "index.js"],
    ["https://app.example/assets/index-C-4d_Xq2.js", "index.js"],
    ["/static/js/main.8f3a2c1b.chunk.js", "main.chunk.js"],
    ["/static/js/main.8f3a2c1b.chunk.js?v=12#x", "main.chunk.js"],
    ["/_next/static/chunks/app/page-2f4c7a1b9d.js", "page.js"],
    ["/chunk-5XQ2J7KD.js", "chunk.js"],
    ["webpack-internal:///./src/chat.tsx", "chat.tsx"],
    ["http://localhost:5173/src/chat.tsx?t=1790000000000", "chat.tsx"],
    ["/assets/langfuse-edge.js", "langfuse-edge.js"],
  ])("%s is %s", (address, file) => {
    expect(stableFile(address)).toBe(file);
  });
});

test.each([
  ["sendMessage", "sendMessage"],
  ["async Chat.sendMessage", "sendMessage"],
  ["new ChatView", "ChatView"],
  ["Object.onClick [as handler]", "onClick"],
  ["async*sendMessage", "sendMessage"],
  ["setTimeout handler*retry/<", "retry"],
  ["a", "?"],
  ["t.xy", "?"],
  ["", "?"],
  ["<anonymous>", "?"],
])("the function %j is %s", (name, own) => {
  expect(stableFunction(name)).toBe(own);
});

test("frames: Chromium's below a message that looks like Firefox's, and one for each recursion", () => {
  const stack = `Error: mail to ada@https://x.example failed
    at walk (https://app.example/tree-BxKfQzAa.js:1:10)
    at walk (https://app.example/tree-BxKfQzAa.js:1:10)
    at async Promise.all (index 0)
    at https://app.example/main.js:9:1`;
  expect(stableFrames(stack, 5)).toEqual(["walk tree.js", "all index 0", "? main.js"]);
});

test("a stack that is written to be slow to read is read at once", () => {
  const began = performance.now();
  for (const line of [
    `${"\t".repeat(3000)}${"@@".repeat(3000)} x`,
    `at ${" (a".repeat(3000)}\t`,
    `at ${" ".repeat(9000)}(`,
  ]) {
    expect(stableFrames(line, 5).length).toBeLessThan(2);
  }
  // It takes some ms; by trying every place of three it would be minutes.
  expect(performance.now() - began).toBeLessThan(30_000);
});

test("frames of Firefox: a name with spaces and signs, and an address with an at sign", () => {
  const stack = `
    setTimeout handler*send@https://a.example/chat.js:1:2\u0020
@https://a.example/@scope/tree.js:3:4
ada@x.example wrote to bob@https://a.example/mail.js:5:6
no address@
`;
  expect(stableFrames(stack, 5)).toEqual(["send chat.js", "? tree.js", "bob mail.js"]);
});

test("a message without what changes", () => {
  expect(stableMessage("Loading chunk 42 failed: https://a.example/js/42.8f3a2c1b.js?x=1")).toBe(
    "Loading chunk 0 failed: js",
  );
  expect(stableMessage(`bad answer "${"words ".repeat(20)}"`)).toBe('bad answer "*"');
  expect(stableMessage("cannot read 'title' of undefined")).toBe(
    "cannot read 'title' of undefined",
  );
});
