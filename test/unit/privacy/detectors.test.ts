import { describe, expect, test } from "vitest";
import { DETECTOR_NAMES } from "../../../src/privacy/detectors.ts";
import { GLUED, MASKED, UNTOUCHED } from "./cases.ts";
import { maskedBy } from "./masking.ts";

describe.each(DETECTOR_NAMES)("%s", (name) => {
  test.each(MASKED[name])("%s", (text, masked) => {
    expect(maskedBy(name, text)).toBe(masked);
    expect(maskedBy(name, masked)).toBe(masked);
  });

  test.each(UNTOUCHED)("leaves %s", (_why, text) => {
    expect(maskedBy(name, text)).toBe(text);
  });
});

test("what one detector does not know, the others leave", () => {
  expect(maskedBy("card", "ada@example.com 203.0.113.7")).toBe("ada@example.com 203.0.113.7");
});

test.each(GLUED)("%s: masked twice is masked once", (text) => {
  const once = maskedBy("all", text);
  expect(maskedBy("all", String(once))).toBe(once);
});

test("a text with everything in it", () => {
  const text =
    "I'm ada@example.com (+49 30 1234567) at 203.0.113.7, card 4111 1111 1111 1111, " +
    "account DE89 3704 0044 0532 0130 00, Authorization: Bearer abcdef1234567890";
  expect(maskedBy("all", text)).toBe(
    "I'm [email] ([phone]) at [ip], card [card], account [iban], Authorization: Bearer [bearer]",
  );
});
