// The helpers of backends in a Worker: the answers of the one table.
import { expect, it } from "vitest";
import { readTrace, signToken, traceHeaders, variant } from "../../src/server/index.ts";
import vectors from "../../python/tests/vectors.json" with { type: "json" };

it("are those of every other place", async () => {
  for (const { name, variants, id, variant: known, ...more } of vectors.variants) {
    const weights = "weights" in more ? { weights: more.weights } : {};
    expect(variant(name, variants, { id, ...weights })).toBe(known);
  }
  for (const { headers, context, ...more } of vectors.requests) {
    const body: unknown = "body" in more ? more.body : undefined;
    const read = readTrace(new Headers(headers as Record<string, string>), body);
    expect(read ?? null).toEqual(context);
    if (read !== undefined && "carried" in more) expect(traceHeaders(read)).toEqual(more.carried);
  }
  for (const { answer, publicKey, secret, now, ...asked } of vectors.tokens) {
    expect(await signToken(asked, { publicKey, secret, now })).toEqual(answer);
  }
});
