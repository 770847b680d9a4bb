import { describe, expect, it, test } from "vitest";
import { authority, readOptions } from "../../../../src/serve/options/options.ts";
import { ServeError } from "../../../../src/serve/serve-error.ts";

describe("options", () => {
  it("are few, and none is needed", () => {
    expect(readOptions({})).toEqual({
      host: "127.0.0.1",
      port: 8787,
      data: "langfuse-edge-data",
      trustedProxies: [],
    });
  });

  it("are read", () => {
    const given = {
      host: "[::]",
      port: "0",
      data: "/var/lib/edge",
      settings: ".dev.vars",
      "trusted-proxies": "loopback, 10.0.0.0/8,",
      log: "json",
    };
    expect(readOptions(given)).toEqual({
      host: "::",
      port: 0,
      data: "/var/lib/edge",
      settings: ".dev.vars",
      trustedProxies: ["loopback", "10.0.0.0/8"],
      log: "json",
    });
  });

  test.each([
    [{ port: "65536" }, "--port"],
    [{ port: "-1" }, "--port"],
    [{ port: "http" }, "--port"],
    [{ host: "http://a" }, "--host"],
    [{ host: "" }, "--host"],
    [{ log: "xml" }, "--log"],
    [{ "trusted-proxies": "everybody" }, "--trusted-proxies: everybody"],
  ])("%o can't be meant", (given, words) => {
    expect(() => readOptions(given as Record<string, string>)).toThrow(ServeError);
    expect(() => readOptions(given as Record<string, string>)).toThrow(words);
  });
});

test("an address with its port", () => {
  expect([authority("127.0.0.1", 80), authority("::1", 80), authority("edge.local", 80)]).toEqual([
    "127.0.0.1:80",
    "[::1]:80",
    "edge.local:80",
  ]);
});
