import { expect, test } from "vitest";
import { addressKey } from "../../../../src/edge/access/address.ts";

const key = (address?: string): string =>
  addressKey(new Headers(address === undefined ? {} : { "cf-connecting-ip": address }));

test.each([
  ["192.0.2.7", "192.0.2.7"],
  ["2001:db8:85a3:8d3:1319:8a2e:370:7348", "2001:db8:85a3:8d3"],
  ["2001:DB8:85A3:08D3::1", "2001:db8:85a3:8d3"],
  ["2001:db8::1", "2001:db8:0:0"],
  ["2001:db8:0:0:1::", "2001:db8:0:0"],
  ["::1", "0:0:0:0"],
  ["::", "0:0:0:0"],
])("%s counts as %s", (address, counted) => {
  expect(key(address)).toBe(counted);
});

test("nobody's address is one of its own", () => {
  expect(key()).toBe("");
});
