// A quick look must never spare a text that has something in it.
import fc from "fast-check";
import { expect, test } from "vitest";
import { DETECTOR_NAMES, DETECTORS } from "../../../src/privacy/detectors.ts";
import { anySign, SIGNS } from "../../../src/privacy/signs.ts";
import { MASKED } from "./cases.ts";

const OPEN = { left: false, right: false };
const PIECES = [
  ..."bearer Bearer BEARER authorization: basic token= x-api-key cookie sk- AKIA ghp_ eyJ @ %40".split(
    " ",
  ),
  ..."example.com DE89 370400440532013000 4111 1111 - . : :: / +49 0049 030 (0171) 415 555 0132".split(
    " ",
  ),
  ..."203.0.113.7 fe80 a1b2c3d4e5f60718 abcdefghijklmnopqrstuvwx -----BEGIN PRIVATE KEY-----".split(
    " ",
  ),
  "://",
  " ",
  "=",
  "postgres://a:b@c",
  "é",
  "T",
  "0",
  "7",
];
const text = fc
  .array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 8 })
  .map((pieces) => pieces.join(""));

test.each(DETECTOR_NAMES)("property: %s finds nothing in what shows no sign of it", (name) => {
  const any = anySign([name]);
  fc.assert(
    fc.property(text, (one) => {
      if (DETECTORS[name](one, OPEN).length === 0) return;
      expect(SIGNS[name].test(one)).toBe(true);
      expect(any?.test(one)).toBe(true);
    }),
    { numRuns: 3000 },
  );
});

test("each of the known cases shows its sign", () => {
  for (const name of DETECTOR_NAMES) {
    for (const [one] of MASKED[name] ?? []) {
      if (DETECTORS[name](one, OPEN).length > 0) expect(SIGNS[name].test(one)).toBe(true);
    }
  }
});

test("without a detector there is nothing to look for", () => {
  expect(anySign([])).toBeUndefined();
});
