// The library's later chunks do not come: forbidden by the page's policy, or lost on their way. The page works on,
// and whatever it tells arrives as far as the first chunk can say it.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { until } from "../support/until.ts";
import type { ChatSetup } from "./support/chat-lab.ts";
import { findings, observationOf, traceArrived, treeOf } from "./support/sink.ts";
import { leavePage } from "./support/watched-page.ts";
import { startWorld, type World } from "./support/world.ts";

const CHUNKS = /^\/chat-/;
/** The page's own script, and no other one of its site. */
const POLICY = "script-src http://127.0.0.1:*/chat.js";
/** The browsers' own words on a script that was blocked or lost; the app's are not in it. */
const BROWSERS_OWN = /Content[ -]Security[ -]Policy|Refused to load|Loading (module|failed)/i;

const turn = { assistantName: "Research Assistant" };
const setup = (sessionId: string): ChatSetup => ({ client: { sessionId }, turn });

describe.each([
  ["forbidden by the page's policy", { "content-security-policy": POLICY }, undefined],
  ["lost by the network", {}, CHUNKS],
] as const)("chunks that are %s", (how, headers, lost) => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld({ headers });
    world.site.lose(lost);
  });
  afterAll(() => world.close());

  it("take with them only what they alone could say", async () => {
    const sessionId = `values ${how}`;
    const { page, trouble } = await world.openChat(setup(sessionId));
    const told = await page.evaluate(async () => {
      const trace = chat.langfuse.trace({ name: "Odd", input: { a: 1, b: new Set([1]) } });
      const metadata = { kept: true, at: new Date(0) };
      void trace.span({ name: "plain", input: 2n, metadata }).end({ output: ["as it is"] });
      void trace.end();
      return chat.langfuse.flush();
    });
    expect(told).toMatchObject({ success: true });
    const trace = await traceArrived(world.edge.url, sessionId);
    expect(treeOf(trace)).toEqual(["Odd", "  plain"]);
    expect(observationOf(trace, "Odd").input).toBe('{"a":1,"b":"[unreadable]"}');
    expect(observationOf(trace, "plain")).toMatchObject({
      input: "2",
      output: '["as it is"]',
    });
    expect(await page.evaluate(() => chat.drops)).toEqual([]);
    expect(trouble.filter((line) => !BROWSERS_OWN.test(line))).toEqual([]);
    expect(await findings(world.edge.url)).toEqual([]);
  });

  it("leave a chat its text, and its turn its times and its outcome", async () => {
    const sessionId = `chat ${how}`;
    world.backend.answer({ pieces: ["It ", "works."], pauseMs: 5 });
    const { page, trouble } = await world.openChat(setup(sessionId));
    expect(await page.evaluate(() => chat.send("Why?"))).toMatchObject({ text: "It works." });
    const trace = await traceArrived(world.edge.url, sessionId);
    expect(treeOf(trace)).toEqual([
      "Research Assistant",
      "  frontend-ui-processing",
      "  frontend-backend-api-call",
      "  streaming-response",
    ]);
    expect(observationOf(trace, "Research Assistant").metadata).toMatchObject({
      outcome: "completed",
      unread: true,
    });
    expect(trouble.filter((line) => !BROWSERS_OWN.test(line))).toEqual([]);
  });

  it("keep nothing from a page that goes away at once", async () => {
    const sessionId = `left ${how}`;
    const { page } = await world.openChat(setup(sessionId));
    await page.evaluate(() => {
      const trace = chat.langfuse.trace({ name: "Left", input: new Set([1]) });
      void trace.end({ output: "beside" });
    });
    await leavePage(page);
    const trace = await traceArrived(world.edge.url, sessionId);
    expect(observationOf(trace, "Left")).toMatchObject({
      input: "[unreadable]",
      output: "beside",
    });
  });

  if (lost) {
    it("are not asked for while there is no network, and then say what was told without it", async () => {
      const sessionId = `offline ${how}`;
      world.site.lose(undefined);
      const { page } = await world.openChat(setup(sessionId));
      await page.context().setOffline(true);
      await page.evaluate(() => {
        void chat.langfuse.trace({ name: "Offline", input: new Set([1]) }).end();
      });
      await page.context().setOffline(false);
      const trace = await traceArrived(world.edge.url, sessionId);
      expect(observationOf(trace, "Offline").input).toBe("[1]");
      world.site.lose(lost);
    });

    it("are there for the next page", async () => {
      const sessionId = `again ${how}`;
      const { page } = await world.openChat(setup(sessionId));
      await page.evaluate(() => chat.langfuse.trace({ name: "Early", input: new Set([1]) }).end());
      await until(() => world.gate.seen.some((one) => one.sessionId === sessionId));
      world.site.lose(undefined);
      await page.reload();
      await page.evaluate(() => {
        const trace = chat.langfuse.trace({ name: "Late", input: new Set([1]) });
        return trace.end();
      });
      const sent = world.gate.seen.filter((one) => one.sessionId === sessionId);
      const created = sent.flatMap(({ actions }) =>
        actions.flatMap(({ action, data }) => (action === "create_trace" ? data : [])),
      );
      expect(created).toMatchObject([
        { name: "Early", input: "[unreadable]" },
        { name: "Late", input: [1] },
      ]);
      world.site.lose(lost);
    });
  }
});
