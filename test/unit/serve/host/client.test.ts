import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { parseRanges } from "../../../../src/serve/host/addresses.ts";
import { clientOf } from "../../../../src/serve/host/client.ts";

const seen = (peer: string, trusted: string[], headers: Record<string, string> = {}) =>
  clientOf(
    peer,
    new Headers(headers),
    trusted.flatMap((one) => parseRanges(one) ?? []),
  );

describe("without a trusted proxy", () => {
  it("takes the connection's address, whatever the headers say", () => {
    const forged = { "x-forwarded-for": "198.51.100.9", "x-forwarded-proto": "https" };
    expect(seen("192.0.2.1:5000", [], forged)).toEqual({ address: "192.0.2.1", https: false });
    expect(seen("192.0.2.1:5000", ["10.0.0.0/8"], forged)).toEqual({
      address: "192.0.2.1",
      https: false,
    });
  });

  it("knows none on a socket without addresses", () => {
    expect(clientOf(undefined, new Headers({ "x-forwarded-for": "198.51.100.9" }), [])).toEqual({
      address: "",
      https: false,
    });
  });
});

describe("behind trusted proxies", () => {
  test.each([
    ["198.51.100.9", "198.51.100.9"],
    ["203.0.113.5, 198.51.100.9", "198.51.100.9"],
    ["203.0.113.5, 198.51.100.9, 10.0.0.7", "198.51.100.9"],
    ["198.51.100.9:1234", "198.51.100.9"],
    ["[2001:db8::9]:1234", "2001:db8:0:0:0:0:0:9"],
    ["unknown", "10.0.0.2"],
    ["198.51.100.9, unknown", "10.0.0.2"],
    ["", "10.0.0.2"],
    ["10.0.0.8, 10.0.0.7", "10.0.0.8"],
  ])("%s means %s", (chain, address) =>
    expect(seen("10.0.0.2:80", ["private"], { "x-forwarded-for": chain }).address).toBe(address),
  );

  it("is https where the outermost says so", () => {
    const said = (value: string) =>
      seen("127.0.0.1:80", ["loopback"], { "x-forwarded-proto": value });
    expect(said("https").https).toBe(true);
    expect(said("HTTPS, http").https).toBe(true);
    expect(said("http").https).toBe(false);
    expect(said("").https).toBe(false);
  });
});

test("what a caller writes in front changes nothing", () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.ipV4(), fc.ipV6(), fc.stringMatching(/^[\w .:]*$/))),
      (written) => {
        const chain = [...written, "198.51.100.9"].join(",");
        const { address } = seen("10.0.0.2:80", ["private"], { "x-forwarded-for": chain });
        expect(address).toBe("198.51.100.9");
      },
    ),
  );
});
