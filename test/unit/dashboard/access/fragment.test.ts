import { describe, expect, it } from "vitest";
import { readFragment, readPasted } from "../../../../src/dashboard/access/fragment.ts";

const TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzY29wZSI6InJlYWQifQ.c2lnbmF0dXJl";

describe("a link's fragment", () => {
  it.each([
    [`#token=${TOKEN}`, { token: TOKEN, rest: "" }],
    ["#code=0123456789abcdef0123", { code: "0123456789abcdef0123", rest: "" }],
    [`#/speed?by=model&token=${TOKEN}`, { token: TOKEN, rest: "#/speed?by=model" }],
    [`#/live?token=${TOKEN}`, { token: TOKEN, rest: "#/live" }],
    ["#/speed?by=model", { rest: "#/speed?by=model" }],
    ["", { rest: "" }],
    ["#main", { rest: "" }],
    // No header could have it.
    ["#token=abc%0d%0ax-evil:%201234567890", { rest: "" }],
  ])("%s", (hash, read) => expect(readFragment(hash)).toEqual(read));

  it("never leaves a credential in the address", () => {
    for (const hash of [`#token=${TOKEN}&code=${TOKEN}`, `#/x?code=${TOKEN}&token=${TOKEN}&a=1`]) {
      expect(readFragment(hash).rest).not.toContain("eyJ");
    }
  });
});

describe("what is pasted", () => {
  it.each([
    [` ${TOKEN}\n`, { token: TOKEN }],
    [`https://edge.example.com/dashboard#token=${TOKEN}`, { token: TOKEN }],
    [
      "https://edge.example.com/dashboard#code=0123456789abcdef0123",
      { code: "0123456789abcdef0123" },
    ],
    ["hello", undefined],
    ["", undefined],
    ["https://edge.example.com/dashboard#/live", undefined],
    ["two words that are long enough", undefined],
  ])("%j", (text, read) => expect(readPasted(text)).toEqual(read));
});
