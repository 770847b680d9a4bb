import { expect, test } from "vitest";
import { type Detector, makeMaskText } from "../../../src/privacy/mask-text.ts";
import { maskedBy } from "./masking.ts";

const finding = (name: string, ...spans: [start: number, end: number][]): Detector => ({
  name,
  placeholder: `[${name}]`,
  scan: () => spans.map(([start, end]) => ({ start, end })),
});
const mask = (text: string, ...detectors: Detector[]): { masked: string; counted: string[] } => {
  const counted: string[] = [];
  const masked = makeMaskText(detectors, ["a", "b"])(text, (name) => counted.push(name));
  return { masked, counted };
};

test("spans that overlap are one, as far as the farther goes", () => {
  expect(mask("0123456789", finding("a", [1, 6], [2, 4], [5, 8]))).toEqual({
    masked: "0[a]89",
    counted: ["a"],
  });
});

test("spans that touch are two", () => {
  expect(mask("0123", finding("a", [0, 2], [2, 4]))).toEqual({
    masked: "[a][a]",
    counted: ["a", "a"],
  });
});

test("a detector is given what others left, with its cuts", () => {
  const seen: [string, boolean, boolean][] = [];
  const looking: Detector = {
    name: "b",
    placeholder: "[b]",
    scan: (text, { left, right }) => {
      seen.push([text, left, right]);
      return [];
    },
  };
  expect(mask("01[b]2345[c]", finding("a", [0, 1]), looking).masked).toBe("[a]1[b][a]345[c]");
  expect(seen).toEqual([
    ["1", true, true],
    ["345[c]", true, false],
  ]);
});

test("without a find it is the same text", () => {
  const text = "a[b]c";
  expect(mask(text, finding("a")).masked).toBe(text);
});

test("as many values as a body of the largest can hold", () => {
  const many = 500_000;
  expect(maskedBy("email", "a@b.co ".repeat(many))).toBe("[email] ".repeat(many));
  const list = '","a=b'.repeat(many);
  expect(maskedBy("bearer", `{"cookie":["a=b${list}"]}`)).toBe(
    `{"cookie":["[bearer]${'","[bearer]'.repeat(many)}"]}`,
  );
});
