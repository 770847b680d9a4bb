import { expect, test } from "vitest";
import { staticFiles } from "../../../../src/serve/runtime/static-headers.ts";

test("rules of several paths, as the package's own file has them", () => {
  const rules = "/a.js\n  Cache-Control: x: y\n\n/b.txt\n  X-One: 1\n  X-Two: 2\n";
  expect(staticFiles(["a.js", "b.txt", "c"], rules)).toEqual({
    "/a.js": {
      headers: { "content-type": "text/javascript; charset=utf-8", "cache-control": "x: y" },
    },
    "/b.txt": {
      headers: { "content-type": "text/plain; charset=utf-8", "x-one": "1", "x-two": "2" },
    },
    "/c": { headers: { "content-type": "application/octet-stream" } },
  });
});
