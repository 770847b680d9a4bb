import { expect, test } from "vitest";
import { senderOf } from "../../../../src/edge/legacy/sender.ts";

test.each<[Record<string, string>, unknown, string, string]>([
  [
    { "x-langfuse-sdk-name": "langfuse-js", "x-langfuse-sdk-version": "3.39.2" },
    {},
    "langfuse-js",
    "3.39.2",
  ],
  [{ x_langfuse_sdk_name: "python", x_langfuse_sdk_version: "2.60.10" }, {}, "python", "2.60.10"],
  [{}, { sdk_name: "langfuse-go", sdk_version: "0.1" }, "langfuse-go", "0.1"],
  [{ "user-agent": "GuzzleHttp/7 curl/8" }, null, "GuzzleHttp", "7"],
  [{ "x-langfuse-sdk-name": "<b>\n" + "x".repeat(200) }, {}, `b${"x".repeat(63)}`, "unknown"],
  [{}, "odd", "unknown", "unknown"],
])("%j and %j", (headers, metadata, sdk, version) => {
  const given = new Headers(
    Object.entries(headers).map(([name, value]) => [name, value.replace("\n", "")]),
  );
  expect(senderOf(given, metadata)).toEqual({ sdk, version });
});
