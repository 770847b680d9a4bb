import { BlockList, isIP } from "node:net";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  addressText,
  isWithin,
  parseAddress,
  parseRanges,
} from "../../../../src/serve/host/addresses.ts";

const textOf = (text: string): string | undefined => {
  const bytes = parseAddress(text);
  return bytes && addressText(bytes);
};

test.each([
  ["192.0.2.1", "192.0.2.1"],
  ["192.0.2.1:443", "192.0.2.1"],
  [" 192.0.2.1 ", "192.0.2.1"],
  ["::1", "0:0:0:0:0:0:0:1"],
  ["[2001:db8::1]:443", "2001:db8:0:0:0:0:0:1"],
  ["fe80::1%eth0", "fe80:0:0:0:0:0:0:1"],
  ["::ffff:192.0.2.1", "192.0.2.1"],
  ["[::ffff:c000:201]:9", "192.0.2.1"],
])("%s is %s", (text, expected) => expect(textOf(text)).toBe(expected));

test.each(["", "unknown", "1.2.3", "1.2.3.256", "1::2::3", "12345::", "::1:2:3:4:5:6:7:8", "a b"])(
  "%s is no address",
  (text) => expect(parseAddress(text)).toBeUndefined(),
);

test("every address that the platform takes is read, and means the same", () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
      const told = textOf(text);
      expect(told).toBeDefined();
      const same = new BlockList();
      same.addAddress(told ?? "", isIP(told ?? "") === 4 ? "ipv4" : "ipv6");
      expect(same.check(text, isIP(text) === 4 ? "ipv4" : "ipv6")).toBe(true);
    }),
  );
});

test("what is no address for the platform is none here", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[\d.:a-f]{0,20}$/), (text) => {
      const isRead = parseAddress(text) !== undefined;
      const withoutPort = text.replace(/:\d+$/, "");
      expect(isRead).toBe(isIP(text) !== 0 || (isIP(withoutPort) === 4 && text !== withoutPort));
    }),
  );
});

test("ranges are those of the platform", () => {
  const range = fc.oneof(
    fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })),
    fc.tuple(fc.ipV6(), fc.integer({ min: 0, max: 128 })),
  );
  fc.assert(
    fc.property(range, fc.oneof(fc.ipV4(), fc.ipV6()), ([base, bits], text) => {
      // The platform compares addresses of both kinds in IPv6 clothes; these ranges do not.
      fc.pre(!/::ffff:|^::/i.test(base) && !/::ffff:|^::/i.test(text));
      const list = new BlockList();
      list.addSubnet(base, bits, isIP(base) === 4 ? "ipv4" : "ipv6");
      const expected =
        isIP(base) === isIP(text) && list.check(text, isIP(text) === 4 ? "ipv4" : "ipv6");
      expect(isWithin(parseAddress(text) ?? [], parseRanges(`${base}/${bits}`) ?? [])).toBe(
        expected,
      );
    }),
  );
});

test.each([
  "10.0.0.0/33",
  "::/129",
  "10.0.0.0/8/8",
  "10.0.0.0/",
  "10.0.0.0/-1",
  "everybody",
  "toString",
])("%s is no range", (text) => expect(parseRanges(text)).toBeUndefined());

test("names of ranges", () => {
  const within = (address: string, name: string): boolean =>
    isWithin(parseAddress(address) ?? [], parseRanges(name) ?? []);
  expect(within("127.0.0.5", "loopback")).toBe(true);
  expect(within("::1", "loopback")).toBe(true);
  expect(within("172.18.0.3", "private")).toBe(true);
  expect(within("fd00::3", "private")).toBe(true);
  expect(within("172.32.0.3", "private")).toBe(false);
  expect(within("127.0.0.1", "private")).toBe(false);
});
