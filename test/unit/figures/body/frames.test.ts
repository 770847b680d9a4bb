import { expect, test } from "vitest";
import { framesIn } from "../../../../src/figures/body/frames.ts";

const SECRET = "my doctor said I have cancer";

test.each([
  [
    "V8",
    [
      `TypeError: can't answer "${SECRET}"`,
      `  ${SECRET} at all`,
      "    at ask (https://app.test/assets/chat-1f2e.js:10:22)",
      "    at async Promise.all (index 0)",
      "    at new Chat (webpack:///./src/chat.ts:7:3)",
      "    at https://app.test/main.js:1:9",
      "    at Array.map (<anonymous>)",
      "    at Object.run [as go] (file:///app/run.mjs:3:1)",
      "    at async C:\\app\\run.js:3:1",
    ],
    7,
  ],
  [
    "Firefox",
    ["ask@https://app.test/chat.js:10:22", "@https://app.test/chat.js:11:1", `${SECRET}@home`],
    2,
  ],
  [
    "Python",
    [
      "Traceback (most recent call last):",
      '  File "/app/chat.py", line 3, in ask',
      `    raise ValueError("${SECRET}")`,
      `ValueError: ${SECRET}`,
    ],
    1,
  ],
  ["Java", [`java.lang.Error: ${SECRET}`, "\tat com.acme.Chat.ask(Chat.java:12)"], 1],
  ["Go", [`panic: ${SECRET}`, "main.main()", "\t/app/main.go:12 +0x1d"], 1],
] as const)(
  "of a stack of %s the frames are left, and none of its words",
  (_name, lines, frames) => {
    const left = framesIn(lines.join("\n"));
    expect(left?.split("\n")).toHaveLength(frames);
    expect(left).not.toContain("doctor");
  },
);

test("a page's address is left without what it carries", () => {
  expect(framesIn(`    at ask (https://app.test/chat?q=${encodeURIComponent(SECRET)}:10:22)`)).toBe(
    "    at ask (https://app.test/chat:10:22)",
  );
  expect(framesIn("ask@https://app.test/#/u/ada:10:22")).toBe("ask@https://app.test/:10:22");
});

test.each([
  `at ${SECRET}`,
  `at 10:22 ${SECRET}`,
  `at home (${SECRET}:1:2)`,
  `Error: ${SECRET} at ask (chat.js:1:2)`,
  "",
])("%s is no frame", (line) => expect(framesIn(line)).toBeUndefined());

test("a stack of any words takes no long time", () => {
  const began = performance.now();
  framesIn(`    at ${"a:".repeat(10_000)}(`);
  framesIn(`    at a (eval at ${"(a), ".repeat(4_000)}`);
  framesIn(`${"a@".repeat(10_000)}:1`);
  // It takes some ms; a power of the length, or worse, would be minutes.
  expect(performance.now() - began).toBeLessThan(30_000);
});
