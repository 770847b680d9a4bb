// Pages that are let in by session tokens, at the production edge: as it is deployed.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { langfuseTraceId, ownerOf, ownerTag } from "../../src/protocol/ids.ts";
import { basic, KEYS, keyVars } from "../support/post.ts";
import { rootsOf, treeOf } from "../support/read-span-tree.ts";
import {
  attributesOf,
  type RecordingLangfuse,
  recordingLangfuse,
  type WireSpan,
} from "../support/recording-langfuse.ts";
import { until } from "../support/until.ts";
import type { ChatSetup } from "./support/chat-lab.ts";
import type { SeenRequest } from "./support/edge-gate.ts";
import { startWorld, type World } from "./support/world.ts";

let langfuse: RecordingLangfuse;
let world: World;
/** Who is logged in at the site. */
let user = "ada";
/** So often the site gives out a token that the edge refuses. */
let refused = 0;

async function identity(query: URLSearchParams): Promise<object> {
  const response = await fetch(`${world.edge.url}/api/langfuse/token`, {
    method: "POST",
    headers: { authorization: basic(), "content-type": "application/json" },
    body: JSON.stringify({ sessionId: query.get("session"), userId: user }),
  });
  const { expiresAt, ...answer } = await response.json<Record<string, unknown>>();
  refused -= 1;
  if (refused >= 0) return { ...answer, token: "eyJhbGciOiJIUzI1NiJ9.e30.nobody" };
  return query.has("again") ? answer : { ...answer, expiresAt };
}

beforeAll(async () => {
  langfuse = await recordingLangfuse();
  world = await startWorld({
    identity,
    edge: (origin) => ({
      vars: {
        ...keyVars(langfuse.url),
        AUTH: "token",
        AUTH_TOKEN_SECRET: "a-secret-of-the-browser-tests-0123456789",
        ALLOWED_ORIGINS: origin,
      },
    }),
  });
});
afterAll(async () => {
  await world.close();
  await langfuse.close();
});

const setup = (session: string, more = ""): ChatSetup => ({
  identityUrl: `/identity?session=${session}${more}`,
  client: { endpoint: `${world.gate.url}/api/langfuse/trace` },
  turn: { assistantName: "Research Assistant" },
});
const TREE = {
  "Research Assistant": undefined,
  "frontend-ui-processing": "Research Assistant",
  "frontend-backend-api-call": "Research Assistant",
  "streaming-response": "Research Assistant",
};
const spansOf = (session: string): WireSpan[] =>
  langfuse.spans().filter((span) => attributesOf(span)["session.id"] === session);
const arrived = (session: string, count: number): Promise<WireSpan[]> =>
  until(() => spansOf(session).length >= count && spansOf(session));

/** Whose token a request had. */
const subjectOf = ({ headers }: SeenRequest): unknown => {
  const [, claims = ""] = headers.authorization?.split(".") ?? [];
  return (JSON.parse(atob(claims)) as Record<string, unknown>)["sub"];
};

describe("a page of an allowed origin", () => {
  it("has its turns traced as its user's, and leads the backend to where they are", async () => {
    const { page, trouble } = await world.openChat(setup("by-token"));
    // At once, while the page does not know yet who it is; and when it does.
    await page.evaluate(() => chat.send("At once?"));
    await arrived("by-token", 4);
    await page.evaluate(() => chat.send("Later?"));
    const spans = await arrived("by-token", 8);
    for (const traceId of new Set(spans.map((span) => span.traceId))) {
      const own = spans.filter((span) => span.traceId === traceId);
      expect(treeOf(own)).toEqual(TREE);
      expect(rootsOf(own)).toEqual(["Research Assistant"]);
      for (const span of own) expect(attributesOf(span)).toMatchObject({ "user.id": "ada" });
    }
    const call = spans.findLast(({ name }) => name === "frontend-backend-api-call");
    expect(world.backend.asked.at(-1)?.headers["traceparent"]).toBe(
      `00-${call?.traceId}-${call?.spanId}-01`,
    );
    const tag = ownerTag(KEYS.publicKey, ownerOf({ userId: "ada" }));
    const given = world.gate
      .taken()
      .flatMap(({ actions }) => actions.filter(({ action }) => action === "create_trace"))
      .map(({ data }) => langfuseTraceId(`${data["traceId"] as string}.${tag}`));
    expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set(given));
    expect(trouble).toEqual([]);
  });

  it("asks again who its user is when the edge refuses the token", async () => {
    // The first when the page opens, the second for its first request.
    refused = 2;
    const { page, trouble } = await world.openChat(setup("refused-once"));
    await page.evaluate(() => chat.send("Why?"));
    expect(treeOf(await arrived("refused-once", 4))).toEqual(TREE);
    expect(await page.evaluate(() => chat.drops)).toEqual([]);
    expect(world.gate.seen.map(({ status }) => status)).toContain(401);
    expect(trouble).toEqual([]);
  });

  it("sends nothing of one user by another's token", async () => {
    const { page, trouble } = await world.openChat(setup("shared-session", "&again"));
    await page.evaluate(() => chat.send("first of ada"));
    await arrived("shared-session", 4);
    world.gate.behave("reset");
    await page.evaluate(() => void chat.langfuse.trace({ name: "left of ada" }).end());
    await page.evaluate(() => void chat.langfuse.flush());
    await until(() => JSON.stringify(world.gate.seen).includes("left of ada"));
    user = "bob";
    // The page learns it with its next request, and gives up what is not of who is there now. One that was on its way
    // with ada's token fails as well.
    await page.waitForFunction(() => chat.drops.length > 0);
    world.gate.behave();
    await page.evaluate(() => void chat.langfuse.trace({ name: "first of bob" }).end());
    await until(() => world.gate.taken().some((one) => subjectOf(one) === "bob"));
    user = "ada";
    for (const request of world.gate.seen) {
      const other = subjectOf(request) === "bob" ? "of ada" : "of bob";
      expect(JSON.stringify(request.actions)).not.toContain(other);
    }
    expect(trouble).toEqual([]);
  });
});

it("a page of another origin is not let in: only the browser complains, and its chat works", async () => {
  const before = world.gate.taken().length;
  const { page, trouble } = await world.openChat(setup("strangers"));
  await page.goto(page.url().replace("127.0.0.1", "localhost"));
  const refusal = page.waitForEvent("requestfailed", (one) => one.url().startsWith(world.gate.url));
  expect(await page.evaluate(() => chat.send("Why?"))).toMatchObject({ text: "Hello" });
  await refusal;
  expect(world.gate.taken()).toHaveLength(before);
  expect(trouble).toEqual([]);
});
