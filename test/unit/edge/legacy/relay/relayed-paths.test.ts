// Paths that lead nowhere else than to what Langfuse has there, and not around the edge's own.
import { expect, test } from "vitest";
import { ok, relayUnderTest } from "./relaying.ts";

test.each([
  "/api/public/..%2f..%2fadmin",
  "/api/public/a%2f..%2f..%2f..%2fx",
  "/api/public/..%5cx",
  "/api/public/%252e%252e/%252e%252e/admin",
  "/api/public/..%25252f..%25252fadmin",
  "/api/public/..%255cx",
  "/api/public/%E0%A4%A",
])("%s leads nowhere", async (path) => {
  const { seen, ask } = relayUnderTest(ok);
  expect((await ask(path)).status).toBe(404);
  expect(seen).toEqual([]);
});

test.each([
  "/api/public/ingestion/",
  "/api/public//ingestion",
  "/api/public/Ingestion",
  "/api/public/otel/v1/traces/",
  "/api/public//otel/v1/traces",
  "/api/public/spans/",
])(
  "%s is no way around what the edge does to data: it is written there as it is called",
  async (path) => {
    const { seen, ask } = relayUnderTest(ok, { MASK: "email" });
    await ask(path, { method: "POST", body: '{"batch":[]}' });
    expect(seen).toEqual([]);
  },
);
