// Run below dist/clients/server-helper, beside the built package.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createToken, readTrace, signToken, traceHeaders, variant } from "../../server/index.js";

const runtime = globalThis.Deno ? "deno" : globalThis.Bun ? "bun" : "node";
const vectors = JSON.parse(readFileSync("../../../python/tests/vectors.json", "utf8"));
for (const { name, variants, id, weights, variant: known } of vectors.variants) {
  assert.equal(variant(name, variants, { id, weights }), known);
}
for (const { headers, body, context, carried } of vectors.requests) {
  const read = readTrace(new Headers(headers), body);
  assert.deepEqual(read ?? null, context);
  if (read) assert.deepEqual(traceHeaders(read), carried);
}
for (const { answer, publicKey, secret, now, ...asked } of vectors.tokens) {
  assert.deepEqual(await signToken(asked, { publicKey, secret, now }), answer);
}

const url = process.env.LANGFUSE_HOST;
const { token } = await createToken({ sessionId: "chat-7" }, { url });
const { status } = await fetch(`${url}/api/langfuse/trace`, {
  method: "POST",
  headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
  body: JSON.stringify({
    sessionId: "chat-7",
    action: "create_event",
    data: { traceId: `ui2-1-${runtime}`, name: runtime },
  }),
});
assert.equal(status, 200);
console.log(runtime, "ok");
