import { describe, expect, it } from "vitest";
import type { BackendUrls } from "../../../../src/dev/demo/backends.ts";
import { DEMO_SCRIPT } from "../../../../src/dev/pages/page-scripts.ts";
import { createDemoRoutes } from "../../../../src/dev/demo/routes.ts";
import { bundledScript } from "../pages/bundled-script.ts";

const EVIL = `</script><img src=x onerror='alert(1)'>"&`;

async function ask(path: string, urls: BackendUrls = {}): Promise<Response> {
  const about = { usingSink: true, baseUrl: EVIL };
  return createDemoRoutes(about, urls).request(`http://localhost:8787${path}`);
}

describe("the demo page", () => {
  it("says that the model is simulated and the tracing is real", async () => {
    const html = await (await ask("/demo")).text();
    expect(html).toMatch(/The model is simulated.*The tracing is real/s);
  });

  it("takes the library from its own edge, and nothing from elsewhere", async () => {
    const html = await (await ask("/demo")).text();
    const addresses = [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address]) => address);
    expect(addresses.map((address) => address?.replace(/\?.*/, ""))).toEqual([
      "data:,",
      "/",
      "/dashboard",
      "/langfuse-edge.js",
      DEMO_SCRIPT,
    ]);
    expect(html).not.toMatch(/@import|url\(|<img/);
  });

  it("lets only its own scripts and style run, by a nonce that is new each time", async () => {
    const answer = await ask("/demo");
    const html = await answer.text();
    const policy = answer.headers.get("content-security-policy") ?? "";
    const nonce = /script-src 'nonce-([\w-]+)'/.exec(policy)?.[1] ?? "";
    expect(nonce.length).toBeGreaterThan(20);
    expect(await (await ask("/demo")).text()).not.toContain(nonce);
    expect(policy).not.toMatch(/unsafe|\*/);
    expect(html).not.toMatch(/ on\w+="| style="/);
  });
});

describe("its script", () => {
  it("puts text in as text only", async () => {
    expect(await bundledScript(DEMO_SCRIPT)).not.toMatch(
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|\beval\b|new Function/,
    );
  });

  it("finds every element that it looks for", async () => {
    const html = await (await ask("/demo")).text();
    const script = await bundledScript(DEMO_SCRIPT);
    const wanted = [...script.matchAll(/(?:byId|control)\("([\w-]+)"/g)].map(([, id]) => id);
    expect(wanted.length).toBeGreaterThan(8);
    for (const id of wanted) expect(html).toContain(`id="${id}"`);
  });
});

describe("its backends", () => {
  it("are told apart: not started, impossible here, silent", async () => {
    expect(await (await ask("/demo/backends")).json()).toEqual({
      node: "not started",
      python: "not started",
    });
    // Nobody listens on port 1.
    const urls = { node: "http://127.0.0.1:1", python: null };
    expect(await (await ask("/demo/backends", urls)).json()).toEqual({
      node: "silent",
      python: "impossible",
    });
  });

  it("are refused for in words where they cannot be asked", async () => {
    const app = createDemoRoutes(
      { usingSink: true, baseUrl: "" },
      { node: "http://127.0.0.1:1", python: null },
    );
    const errors = ["node", "python", "cobol", "toString"].map(async (backend) => {
      const answer = await app.request(`/demo/chat/${backend}`, { method: "POST", body: "{}" });
      return [answer.status, await answer.json()];
    });
    expect(await Promise.all(errors)).toEqual([
      [502, { error: { message: "this backend does not answer" } }],
      [502, { error: { message: "this backend was not started" } }],
      [502, { error: { message: "this backend was not started" } }],
      [502, { error: { message: "this backend was not started" } }],
    ]);
  });
});
