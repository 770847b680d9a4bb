// On a server, with both Reacts that are supported; what needs a page is tried in a browser.
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { LangfuseProxy } from "../../../src/client/index.ts";
import type * as Tracing from "../../../src/client/react.ts";
import type * as React from "react";
import { fakeEdge } from "./fake-edge.ts";

type Bundle = typeof Tracing & {
  React: typeof React;
  renderToString: (element: React.ReactElement) => string;
};
const REACTS = [
  ["18", { react: "react-18", "react-dom": "react-dom-18" }],
  ["19", {}],
] as const;
const WITH = `
  export * as React from "react";
  export { renderToString } from "react-dom/server";
  export * from "./src/client/react.ts";`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "langfuse-edge-react-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(REACTS)("React %s", (version, alias) => {
  let bundle: Bundle;
  beforeAll(async () => {
    const outfile = join(folder, `${version}.cjs`);
    const stdin = { contents: WITH, resolveDir: process.cwd(), loader: "ts" } as const;
    await build({ stdin, alias, outfile, bundle: true, platform: "node", logLevel: "error" });
    bundle = createRequire(import.meta.url)(outfile) as Bundle;
  });

  test("it is that React", () => {
    expect(bundle.React.version).toMatch(new RegExp(`^${version}\\.`));
  });

  test("what is rendered on a server has the provider's client, and tells nothing", () => {
    const { React, TracingProvider, useTracing, useTracedFetch, useMessageStreaming } = bundle;
    const edge = fakeEdge();
    const client = new LangfuseProxy({ fetch: edge.fetch, sessionId: "s1" });
    const seen: unknown[] = [];
    function Chat(): React.ReactElement {
      const { text, isStreaming, error } = useMessageStreaming({ assistantName: "Bot" });
      seen.push(useTracing()(), typeof useTracedFetch(), error);
      return React.createElement("p", null, `${text}${isStreaming}`);
    }
    const app = React.createElement(TracingProvider, { client }, React.createElement(Chat));
    const html = bundle.renderToString(React.createElement(React.StrictMode, null, app));
    expect(html).toBe("<p>false</p>");
    expect(seen.slice(0, 3)).toEqual([client, "function", undefined]);
    expect(edge.sent).toEqual([]);
  });

  test("without a client of the app's own, one is made at its first use, from the options", () => {
    const { React, TracingProvider, useTracing } = bundle;
    let getClient: Tracing.GetClient | undefined;
    function Chat(): null {
      getClient = useTracing();
      return null;
    }
    const options = { sessionId: "s9" };
    const app = React.createElement(TracingProvider, { options }, React.createElement(Chat));
    expect(bundle.renderToString(app)).toBe("");
    expect(getClient?.().who().sessionId).toBe("s9");
    expect(getClient?.()).toBe(getClient?.());
  });

  test("on a server feedback shows nothing, a boundary its children, and nothing is looked up", () => {
    const { React, TracingProvider, TracingErrorBoundary, Feedback, useErrorTracking } = bundle;
    const edge = fakeEdge();
    const client = new LangfuseProxy({ fetch: edge.fetch, sessionId: "s1" });
    const getItem = vi.fn();
    vi.stubGlobal("localStorage", { getItem, setItem: getItem });
    function Chat(): React.ReactElement {
      useErrorTracking({ between: true });
      return React.createElement(
        TracingErrorBoundary,
        { fallback: "failed" },
        React.createElement("p", null, "fine"),
        React.createElement(Feedback, { messageId: "m1", traceId: "ui2-1" }),
      );
    }
    const props = { client, experiments: { tone: "friendly" } };
    const app = React.createElement(TracingProvider, props, React.createElement(Chat));
    expect(bundle.renderToString(app)).toBe("<p>fine</p>");
    expect(getItem).not.toHaveBeenCalled();
    expect(edge.sent).toEqual([]);
    vi.unstubAllGlobals();
  });
});
