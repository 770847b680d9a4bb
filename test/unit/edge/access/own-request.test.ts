import { expect, test } from "vitest";
import { refuseOwn } from "../../../../src/edge/access/own-request.ts";
import { SDK_NAME } from "../../../../src/langfuse/sender.ts";
import { BASIC, edgeUnderTest } from "../edge-under-test.ts";

test.each<[Record<string, string>, boolean]>([
  [{ "x-langfuse-sdk-name": SDK_NAME }, true],
  [{ via: "1.1 proxy, 1.1 langfuse-edge" }, true],
  [{ "x-langfuse-sdk-name": "langfuse-js", via: "1.1 proxy" }, false],
  [{}, false],
])("%j", (headers, isOwn) => {
  expect(refuseOwn(new Headers(headers)) !== undefined).toBe(isOwn);
});

test.each(["otel/v1/traces", "ingestion", "scores", "projects"])(
  "what the edge delivers does not come in again by %s: it is a wrong address",
  async (path) => {
    const { app, appends } = edgeUnderTest({ open: false });
    const answer = await app.request(`/api/public/${path}`, {
      method: path === "projects" ? "GET" : "POST",
      headers: {
        authorization: BASIC,
        "content-type": "application/json",
        "x-langfuse-sdk-name": SDK_NAME,
      },
      ...(path !== "projects" && { body: "{}" }),
    });
    expect([answer.status, appends]).toEqual([404, []]);
  },
);
