import { expect, test } from "vitest";
import { staticFiles } from "../../../../src/serve/runtime/static-headers.ts";

test("rules of several paths, as the package's own file has them", () => {
  const dashboard = "/dashboard\n  Cache-Control: no-cache\n";
  const rules = "/a.js\n  Cache-Control: x: y\n\n/b.txt\n  X-One: 1\n  X-Two: 2\n" + dashboard;
  expect(
    staticFiles(
      ["a.js", "b.txt", "c", "dashboard.html", "dashboard/app.js", "dashboard/.x"],
      rules,
    ),
  ).toEqual({
    "/a.js": {
      name: "a.js",
      headers: { "content-type": "text/javascript; charset=utf-8", "cache-control": "x: y" },
    },
    "/b.txt": {
      name: "b.txt",
      headers: { "content-type": "text/plain; charset=utf-8", "x-one": "1", "x-two": "2" },
    },
    "/c": { name: "c", headers: { "content-type": "application/octet-stream" } },
    "/dashboard": {
      name: "dashboard.html",
      headers: { "content-type": "text/html; charset=utf-8", "cache-control": "no-cache" },
    },
    "/dashboard/app.js": {
      name: "dashboard/app.js",
      headers: { "content-type": "text/javascript; charset=utf-8" },
    },
  });
});
