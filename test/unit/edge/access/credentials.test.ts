import { expect, it } from "vitest";
import { credentialsOf } from "../../../../src/edge/access/credentials.ts";
import { MAX_TOKEN_LENGTH } from "../../../../src/protocol/limits.ts";

const read = (authorization: string | null): unknown => credentialsOf({ get: () => authorization });

it.each([
  [null, { kind: "none" }],
  ["  ", { kind: "none" }],
  ["Basic cGs6c2s=", { kind: "basic", encoded: "cGs6c2s=" }],
  ["bearer   a.b.c ", { kind: "bearer", token: "a.b.c" }],
  ["Bearer", { kind: "bearer", token: "" }],
  [`Bearer ${"x".repeat(MAX_TOKEN_LENGTH + 1)}`, { kind: "bearer", token: "" }],
  ["Bearera.b.c", { kind: "unknown" }],
  ["Digest a", { kind: "unknown" }],
])("%j", (authorization, credentials) => {
  expect(read(authorization)).toEqual(credentials);
});

it("a header that is made to be slow to read is read at once", () => {
  const began = performance.now();
  // A line separator may stand in a header: it is no line's end there.
  const token = `${"\u2028".repeat(2)}x`;
  expect(read(`Bearer${" ".repeat(200_000)}${token}`)).toMatchObject({ kind: "bearer" });
  // It takes some ms; a search from each space would be a minute.
  expect(performance.now() - began).toBeLessThan(30_000);
});
