import { describe, expect, it } from "vitest";
import { DEV_SCRIPT } from "../../../../src/dev/pages/page-scripts.ts";
import { bundledScript } from "./bundled-script.ts";
import { dashboardPage, type Description } from "../../../../src/dev/pages/page.ts";
import { createDashboardRoutes } from "../../../../src/dev/pages/routes.ts";

const about: Description = {
  version: "0.1.0",
  baseUrl: "https://langfuse.test",
  usingSink: true,
};
const EVIL = `</script><img src=x onerror='alert(1)'>"&`;

async function fetchPage(description = about): Promise<{ html: string; headers: Headers }> {
  const answer = await createDashboardRoutes(description).request("http://localhost:8787/");
  expect(answer.status).toBe(200);
  return { html: await answer.text(), headers: answer.headers };
}

describe("the page", () => {
  it("says what runs and where records go", async () => {
    const { html } = await fetchPage();
    expect(html).toContain("langfuse-edge 0.1.0");
    expect(html).toContain("local mode, built-in Langfuse");
    expect(html).not.toContain("not configured");
    expect(html).toContain('id="traces"');
  });

  it("names the Langfuse that it delivers to, and shows no sink then", async () => {
    const { html } = await fetchPage({ ...about, usingSink: false });
    expect(html).toContain('href="https://langfuse.test"');
    expect(html).not.toContain("built-in");
    expect(html).not.toContain('id="traces"');
  });

  it("lets nothing that it is told become markup", () => {
    const line = { title: EVIL, body: { action: EVIL }, curl: EVIL };
    const told = { ...about, version: EVIL, baseUrl: EVIL, usingSink: false };
    const html = dashboardPage(told, [line], "n");
    expect(html).not.toContain("<img");
    expect(html.match(/<script/g)).toHaveLength(2);
    expect(html.match(/<\/script>/g)).toHaveLength(2);
  });

  it("hands its data over unchanged", () => {
    const line = { title: EVIL, body: { action: "flush" }, curl: "curl" };
    const html = dashboardPage(about, [line], "n");
    const data: unknown = JSON.parse(/id="page-data">(.*?)<\/script>/s.exec(html)?.[1] ?? "");
    expect(data).toMatchObject({ turn: [line], usingSink: true, tracePath: "/api/langfuse/trace" });
  });

  it("fetches nothing from elsewhere", async () => {
    const { html } = await fetchPage();
    const addresses = [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address]) => address);
    expect(addresses).toEqual([
      "data:,",
      "/demo",
      "/dashboard",
      "/api/langfuse/trace",
      "/demo",
      DEV_SCRIPT,
    ]);
    expect(html).not.toMatch(/@import|url\(/);
  });
});

describe("its policy", () => {
  it("allows its own script and style by a nonce that is new each time, and nothing inline", async () => {
    const [one, two] = [await fetchPage(), await fetchPage()];
    const policy = one.headers.get("content-security-policy") ?? "";
    const nonce = /script-src 'nonce-([\w-]+)'/.exec(policy)?.[1] ?? "";
    expect(nonce.length).toBeGreaterThan(20);
    expect(two.html).not.toContain(nonce);
    expect(policy).not.toMatch(/unsafe|\*/);
    for (const directive of [
      "default-src 'none'",
      `style-src 'nonce-${nonce}'`,
      "connect-src 'self'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
    ]) {
      expect(policy.split("; ")).toContain(directive);
    }
    const inline = [...one.html.matchAll(/<(?:script|style)([^>]*)>/g)].map(([, rest]) => rest);
    expect(inline).toEqual([
      ` nonce="${nonce}"`,
      ' type="application/json" id="page-data"',
      ` nonce="${nonce}" src="${DEV_SCRIPT}"`,
    ]);
    expect(one.html).not.toMatch(/ on\w+="| style="/);
  });

  it("goes with headers that keep the page to itself", async () => {
    const { headers } = await fetchPage();
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
  });
});

describe("its script", () => {
  it("puts text in as text only", async () => {
    expect(await bundledScript(DEV_SCRIPT)).not.toMatch(
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|\beval\b|new Function|setAttribute\("(?!aria-)/,
    );
  });

  it("finds every element that it looks for", async () => {
    const { html } = await fetchPage();
    const wanted = [...(await bundledScript(DEV_SCRIPT)).matchAll(/(?:byId|control)\("([\w-]+)"/g)];
    expect(wanted.length).toBeGreaterThan(8);
    for (const [, id] of wanted) expect(html).toContain(`id="${id}"`);
  });
});
