// Pages that allow little, and chat APIs that allow less.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { until } from "../support/until.ts";
import { chatBackend } from "./support/chat-backend.ts";
import { findings, observationOf, traceArrived, treeOf } from "./support/sink.ts";
import { startWorld, type World } from "./support/world.ts";

/** Nothing but the page's own scripts, and requests to its own origin; no code and no HTML from text. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

let world: World;
beforeAll(async () => {
  world = await startWorld({
    pages: ["chat", "script-tag"],
    headers: { "content-security-policy": POLICY },
  });
});
afterAll(() => world.close());

const TREE = [
  "Research Assistant",
  "  frontend-ui-processing",
  "  frontend-backend-api-call",
  "  streaming-response",
];
const turn = { assistantName: "Research Assistant" };

describe("a page with a strict Content-Security-Policy", () => {
  it.each([
    ["bundled", "chat"],
    ["by a script tag", "script-tag"],
  ] as const)("works with the library %s, all of its ways included", async (_, name) => {
    const { backend, edge, gate } = world;
    const sessionId = `strict ${name}`;
    // Long enough for the library to compress it.
    backend.answer({ pieces: ["words ".repeat(2000), "and more"], pauseMs: 5 });
    const { page, trouble } = await world.open(name, {
      client: { sessionId },
      turn,
      offline: true,
    });
    const { text } = await page.evaluate(() => chat.send("Why?"));
    expect(text).toHaveLength(12_008);
    await page.evaluate(() => chat.langfuse.health());
    const trace = await traceArrived(edge.url, sessionId);
    expect(treeOf(trace)).toEqual(TREE);
    const mine = gate.seen.filter((one) => one.sessionId === sessionId);
    expect(mine.map(({ headers }) => headers["content-encoding"])).toContain("gzip");

    await page.context().setOffline(true);
    await page.evaluate(() => void chat.langfuse.trace({ name: "offline" }).end());
    await page.waitForFunction(async () => (await chat.kept()).length > 0);
    await page.context().setOffline(false);
    await page.waitForFunction(async () => (await chat.kept()).length === 0);
    expect(trouble).toEqual([]);
  });

  it("that has forgotten to allow the edge: only the browser complains, and the chat works", async () => {
    const { backend, gate } = world;
    backend.answer({ pieces: ["It ", "works."] });
    const { page, trouble } = await world.openChat({
      client: { sessionId: "forgotten", endpoint: `${gate.url}/api/langfuse/trace` },
      turn,
    });
    expect(await page.evaluate(() => chat.send("Why?"))).toMatchObject({ text: "It works." });
    await until(() => trouble.length > 0);
    expect(gate.seen.filter(({ sessionId }) => sessionId === "forgotten")).toEqual([]);
    for (const line of trouble) expect(line).toContain("Content Security Policy");
  });
});

describe("a chat API of another origin", () => {
  let open: World;
  beforeAll(async () => {
    open = await startWorld();
  });
  afterAll(() => open.close());

  const traceHeaders = ["traceparent", "baggage", "x-langfuse-trace-id"];
  const cors = (headers: string): Record<string, string> => ({
    "access-control-allow-origin": "*",
    "access-control-allow-headers": headers,
  });

  it("that allows no header of ours is not sent one; its turns are traced all the same", async () => {
    const api = await chatBackend(cors("content-type"));
    api.answer({ pieces: ["From ", "elsewhere."] });
    const { page, trouble } = await open.openChat({
      client: { sessionId: "elsewhere" },
      chatUrl: `${api.url}/v1/chat`,
      turn,
    });
    const shown = await page.evaluate(() => chat.send("Who are you?"));
    expect(shown).toMatchObject({ text: "From elsewhere." });
    const [preflight, post] = api.asked;
    expect(preflight?.headers["access-control-request-headers"]).toBe("content-type");
    for (const name of traceHeaders) expect(post?.headers).not.toHaveProperty(name);
    const trace = await traceArrived(open.edge.url, "elsewhere");
    expect(treeOf(trace)).toEqual(TREE);
    expect(observationOf(trace, "streaming-response")).toMatchObject({
      level: "DEFAULT",
      output: "From elsewhere.",
    });
    expect(trouble).toEqual([]);
    await api.close();
  });

  it("that is named in propagateTo, and allows them, gets them", async () => {
    const api = await chatBackend(cors(`content-type, ${traceHeaders.join(", ")}`));
    const { page, trouble } = await open.openChat({
      client: { sessionId: "joined" },
      chatUrl: `${api.url}/v1/chat`,
      turn: { ...turn, propagateTo: [api.url] },
    });
    expect(await page.evaluate(() => chat.send("Who are you?"))).toMatchObject({ text: "Hello" });
    const trace = await traceArrived(open.edge.url, "joined");
    const call = observationOf(trace, "frontend-backend-api-call");
    expect(api.asked.at(-1)?.headers).toMatchObject({
      traceparent: `00-${trace.id}-${call.id}-01`,
      "x-langfuse-trace-id": trace.id,
    });
    expect(await findings(open.edge.url)).toEqual([]);
    expect(trouble).toEqual([]);
    await api.close();
  });
});
