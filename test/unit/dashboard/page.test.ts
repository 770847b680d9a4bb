// The dashboard's files as they are served: nothing inline, nothing from elsewhere, text as text only, and small.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { build } from "esbuild";
import { beforeAll, describe, expect, it } from "vitest";
import {
  DASHBOARD_FILES,
  DASHBOARD_HEADERS,
  DASHBOARD_POLICY,
} from "../../../src/dashboard/pages.ts";
import { DASHBOARD, TARGET } from "../../../src/publish/entries.ts";

/** gzipped, uPlot's 22 KB among it. */
const MAX_SCRIPT_BYTES = 50 * 1024;

const html = readFileSync(DASHBOARD.page, "utf8");
let script = "";
let inputs: string[] = [];
beforeAll(async () => {
  const { outputFiles, metafile } = await build({
    entryPoints: [DASHBOARD.script],
    bundle: true,
    minify: true,
    format: "esm",
    target: TARGET,
    ignoreAnnotations: true,
    write: false,
    metafile: true,
  });
  script = outputFiles[0]?.text ?? "";
  inputs = Object.keys(metafile.inputs);
});

describe("the page", () => {
  it("has nothing inline and nothing from elsewhere", () => {
    const addresses = [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address]) => address);
    expect(addresses).toEqual(["data:,", DASHBOARD_FILES.style, DASHBOARD_FILES.script, "#main"]);
    expect(html).not.toMatch(/ on\w+=| style=|<style|javascript:|@import|url\(/);
    expect(html.match(/<script/g)).toHaveLength(1);
  });

  it("allows nothing else by its policy", () => {
    expect(DASHBOARD_POLICY).not.toMatch(/unsafe|\*|https?:|nonce/);
    for (const rule of [
      "default-src 'none'",
      "script-src 'self'",
      "require-trusted-types-for 'script'",
    ]) {
      expect(DASHBOARD_POLICY.split("; ")).toContain(rule);
    }
    expect(DASHBOARD_HEADERS).toMatchObject({
      "Referrer-Policy": "no-referrer",
      "Cache-Control": "no-cache",
    });
  });
});

describe("its script", () => {
  it("puts text in as text only", () => {
    expect(script).not.toMatch(
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|createContextualFragment|srcdoc|\beval\b|new Function|\.setAttribute\([`"'](?:on|style|href|src)/,
    );
  });

  it("sets an address at one place, where it is looked at", () => {
    const setting = inputs.filter((path) => /\.(?:href|src) = /.test(readFileSync(path, "utf8")));
    expect(setting.filter((path) => path.startsWith("src/")).sort()).toEqual([
      "src/dashboard/dom/el.ts",
      // Its own views.
      "src/dashboard/shell/shell.ts",
    ]);
  });

  it("finds every element that it looks for", () => {
    const wanted = [...script.matchAll(/getElementById/g)];
    expect(wanted.length).toBeGreaterThan(0);
    const shell = readFileSync("src/dashboard/shell/shell.ts", "utf8");
    for (const [, id] of shell.matchAll(/byId\("([\w-]+)"\)/g))
      expect(html).toContain(`id="${id}"`);
  });

  it("is made of the dashboard, what rooms agree on, and its charts; and is small", () => {
    expect(
      inputs.filter((path) => !/^(src\/(dashboard|protocol)\/|node_modules\/uplot\/)/.test(path)),
    ).toEqual([]);
    const bytes = execFileSync("gzip", ["-9"], { input: script }).length;
    expect(bytes).toBeLessThan(MAX_SCRIPT_BYTES);
  });
});
