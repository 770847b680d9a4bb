import { describe, expect, it } from "vitest";
import { staticFiles } from "../../../../src/serve/runtime/static-headers.ts";
import { StaticServer } from "../../../../src/serve/host/static-files.ts";

const RULES = "/a.js\n  Cache-Control: public, max-age=3600\n  X-Content-Type-Options: nosniff\n";
const files = staticFiles(
  ["a.js", "llms.txt", "_headers", ".5.tmp", "dashboard.html", "dashboard/app.js"],
  RULES,
);
let reads = 0;
const read = async (name: string): Promise<Response> => {
  reads += 1;
  const isThere = name !== "llms.txt";
  return new Response(isThere ? "let a;" : null, { status: isThere ? 200 : 404 });
};
const server = new StaticServer();
const ask = (path: string, init: RequestInit = {}) =>
  server.answer(new Request(`http://edge.test${path}`, init), { files, read });

describe("static files", () => {
  it("are those of the folder, without what is about them", () => {
    expect(Object.keys(files)).toEqual(["/a.js", "/llms.txt", "/dashboard", "/dashboard/app.js"]);
  });

  it("come with their type, their headers and a tag, and are read once", async () => {
    const answer = await ask("/a.js?v=1");
    expect(await answer?.text()).toBe("let a;");
    expect(Object.fromEntries(answer?.headers ?? [])).toMatchObject({
      "content-type": "text/javascript; charset=utf-8",
      "cache-control": "public, max-age=3600",
      "x-content-type-options": "nosniff",
      etag: expect.stringMatching(/^"[\da-f]{32}"$/) as string,
    });
    await ask("/a.js");
    expect(reads).toBe(1);
  });

  it("are not sent again to who has them", async () => {
    const etag = (await ask("/a.js"))?.headers.get("etag") ?? "";
    for (const tag of [etag, `W/${etag}`, `"x", ${etag}`, "*"]) {
      expect((await ask("/a.js", { headers: { "if-none-match": tag } }))?.status).toBe(304);
    }
    expect((await ask("/a.js", { headers: { "if-none-match": '"x"' } }))?.status).toBe(200);
  });

  it("answer HEAD without a body, and nothing but reading", async () => {
    expect(await (await ask("/a.js", { method: "HEAD" }))?.text()).toBe("");
    const refused = await ask("/a.js", { method: "POST", body: "x" });
    expect([refused?.status, refused?.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
  });

  it("have pages, each under one address", async () => {
    expect((await ask("/dashboard"))?.headers.get("content-type")).toContain("text/html");
    for (const other of ["/dashboard/?hours=3", "/dashboard.html?hours=3"]) {
      const moved = await ask(other);
      expect([moved?.status, moved?.headers.get("location")]).toEqual([307, "/dashboard?hours=3"]);
    }
  });

  it("are nothing else", async () => {
    for (const path of [
      "/",
      "/_headers",
      "/b.js",
      "/a.js/",
      "/toString",
      "/toString/",
      "/dashboard/x",
    ]) {
      expect(await ask(path)).toBeUndefined();
    }
  });

  it("are tried again where they could not be read", async () => {
    reads = 0;
    await expect(ask("/llms.txt")).rejects.toThrow("404");
    await expect(ask("/llms.txt")).rejects.toThrow("404");
    expect(reads).toBe(2);
  });
});
