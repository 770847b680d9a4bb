// The published rules as one table: these helpers and the Python package are held to the same, and both to what the
// edge and the browser library do.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { variant as pages } from "../../../src/client/experiments.ts";
import { shortId } from "../../../src/client/trace/short-id.ts";
import * as ids from "../../../src/protocol/ids.ts";
import * as server from "../../../src/server/index.ts";
import { KNOWN_ANSWERS } from "../client/experiments/known-answers.ts";
import vectors from "../../../python/tests/vectors.json" with { type: "json" };

describe("the table", () => {
  it.each(vectors.ids)("ids of $trace", ({ trace, observation, langfuseTrace, ...known }) => {
    expect(server.langfuseTraceId(trace)).toBe(langfuseTrace);
    expect(ids.langfuseTraceId(trace)).toBe(langfuseTrace);
    expect(server.langfuseObservationId(langfuseTrace, observation)).toBe(
      known.langfuseObservation,
    );
    expect(ids.langfuseObservationId(langfuseTrace, observation)).toBe(known.langfuseObservation);
  });

  it.each(vectors.owners)("the tag of $owner", ({ publicKey, owner, trace, tag, owned }) => {
    expect(server.ownerTag(publicKey, owner)).toBe(tag);
    expect(ids.ownerTag(publicKey, owner)).toBe(tag);
    expect(server.ownedTraceId(trace, tag)).toBe(owned);
  });

  it.each(vectors.shortIds)("long ids: $id", ({ id, short }) => {
    expect(shortId(id)).toBe(short);
    if (id !== short) expect(ids.shortenedId(id)).toBe(short);
  });

  it("variants, as a page and the page of the docs give them", () => {
    for (const { name, variants, id, variant: known, ...more } of vectors.variants) {
      const weights = "weights" in more ? { weights: more.weights } : {};
      expect(server.variant(name, variants, { id, ...weights })).toBe(known);
      expect(pages(name, variants, { id, ...weights })).toBe(known);
    }
    for (const { name, variants, id, weights = [], variant: known } of KNOWN_ANSWERS) {
      const options = weights.length > 0 ? { id, weights } : { id };
      expect(server.variant(name, variants, options)).toBe(known);
    }
  });

  it("what a request says of its trace, in headers of every platform, and what is sent along", () => {
    for (const { headers, context, ...more } of vectors.requests) {
      const given = headers as Record<string, string>;
      const body: unknown = "body" in more ? more.body : undefined;
      for (const form of [given, new Headers(given), listsOf(given)]) {
        const read = server.readTrace(form, body);
        expect(read ?? null).toEqual(context);
        if (read !== undefined && "carried" in more) {
          expect(server.traceHeaders(read)).toEqual(more.carried);
        }
      }
    }
  });

  it("tokens, signed here", async () => {
    for (const { answer, publicKey, secret, now, ...asked } of vectors.tokens) {
      expect(await server.signToken(asked, { publicKey, secret, now })).toEqual(answer);
    }
  });

  const noPython = spawnSync("python3", ["--version"]).status !== 0;
  it.skipIf(noPython)("is the Python package's too", () => {
    const args = ["-m", "unittest", "discover", "-s", "tests", "-t", "."];
    const env = { ...process.env, PYTHONPATH: "src", PYTHONDONTWRITEBYTECODE: "1" };
    const { status, stderr } = spawnSync("python3", args, { cwd: "python", env, encoding: "utf8" });
    expect([status, stderr]).toEqual([0, expect.stringContaining("OK")]);
  });
});

/** As Node has them. */
function listsOf(headers: Record<string, string>): Record<string, string[]> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]));
}

describe("what can't be", () => {
  it.each([
    [{ sessionId: "" }, "sessionId"],
    [{ sessionId: "x".repeat(201) }, "sessionId"],
    [{ sessionId: "s", userId: "a\nb" }, "userId"],
    [{ sessionId: "\ud800" }, "sessionId"],
    [{ sessionId: "s", ttlSeconds: 0 }, "ttlSeconds"],
    [{ sessionId: "s", ttlSeconds: 86_401 }, "ttlSeconds"],
  ])("is no token: %j", async (asked, words) => {
    const signing = { publicKey: "pk", secret: "s".repeat(32) };
    await expect(server.signToken(asked, signing)).rejects.toThrow(words);
  });

  it("is said by a code, and never with a key", async () => {
    const options = { url: "https://edge.test/", publicKey: "pk", secretKey: "sk-very-secret" };
    const answering = (answer: () => Response) => ({ ...options, fetch: async () => answer() });
    const failures = [
      answering(() =>
        Response.json({ error: { code: "unauthorized", message: "no" } }, { status: 401 }),
      ),
      answering(() => new Response("<html>", { status: 200 })),
      { ...options, fetch: () => Promise.reject(new TypeError("fetch failed")) },
    ];
    const codes: string[] = [];
    for (const one of failures) {
      const error: unknown = await server
        .createToken({ sessionId: "s" }, one)
        .catch((e: unknown) => e);
      if (!(error instanceof server.TokenError)) throw error;
      expect(error.message).not.toContain("very-secret");
      codes.push(`${error.code} ${error.status}`);
    }
    expect(codes).toEqual(["unauthorized 401", "not_an_edge 200", "unreachable 0"]);
    const env = { url: "https://edge.test", publicKey: " ", secretKey: "sk" };
    await expect(server.createToken({ sessionId: "s" }, env)).rejects.toThrow(
      "LANGFUSE_PUBLIC_KEY",
    );
  });
});

it("the Python package is of this package's version and licence", () => {
  const read = (path: string): string => readFileSync(path, "utf8");
  const { version } = JSON.parse(read("package.json")) as { version: string };
  expect(read("python/pyproject.toml")).toContain(`\nversion = "${version}"\n`);
  expect(read("python/src/langfuse_edge/__init__.py")).toContain(`__version__ = "${version}"`);
  expect(read("python/LICENSE")).toBe(read("LICENSE"));
});
