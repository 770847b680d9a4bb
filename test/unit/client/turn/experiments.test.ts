// The experiments of a turn: on its trace, and in what a backend is told.
import { expect, test } from "vitest";
import { setExperiments } from "../../../../src/client/experiments.ts";
import { delta, eachOnAPage, find, pass, question, readAll, traced } from "./chat-under-test.ts";

eachOnAPage();

test("they are tags, metadata and baggage, beside the app's own", async () => {
  const { behind, edge, fetch } = traced([delta("So.")], {
    experiments: { tone: "friendly", "long name": "ä" },
    tags: ["chat"],
    metadata: { theme: "dark" },
  });
  await readAll(await fetch("/api/chat", question));
  await pass();
  expect(find(edge.actions(), "create_trace")).toMatchObject({
    tags: ["chat", "tone:friendly", "long name:ä"],
    metadata: { theme: "dark", experiment_tone: "friendly", experiment_long_name: "ä" },
  });
  const baggage = behind.headers()["baggage"]?.split(",");
  expect(baggage).toEqual(
    expect.arrayContaining([
      `langfuse_tags=${encodeURIComponent("tone:friendly,long name:ä")}`,
      "langfuse_metadata_experiment_tone=friendly",
      "langfuse_metadata_experiment_long_name=%C3%A4",
    ]),
  );
});

test("a turn without any says nothing of experiments", async () => {
  const { behind, edge, fetch } = traced([delta("So.")]);
  await readAll(await fetch("/api/chat", question));
  await pass();
  expect(find(edge.actions(), "create_trace")).not.toHaveProperty("tags");
  expect(behind.headers()["baggage"]).not.toContain("langfuse_tags");
});

test("those of the client are asked for at each turn; a turn's own take their place", async () => {
  const { client, edge, fetch } = traced([delta("So.")]);
  let tone = "plain";
  setExperiments(client, () => ({ tone }));
  await readAll(await fetch("/api/chat", question));
  tone = "friendly";
  await readAll(await fetch("/api/chat", question));
  const own = traced([], { client, experiments: { tone: "short" } });
  await readAll(await own.fetch("/api/chat", question));
  await pass();
  const created = edge.actions().filter(({ action }) => action === "create_trace");
  expect(created.map(({ data }) => data["tags"])).toEqual([
    ["tone:plain"],
    ["tone:friendly"],
    ["tone:short"],
  ]);
});

test("a trace that was begun before is told them, too", async () => {
  const { client, edge, options } = traced([delta("So.")]);
  const trace = client.trace({ name: "mine" });
  const { tracedFetch } = await import("../../../../src/client/chat.ts");
  const fetch = tracedFetch({ ...options, trace, experiments: { tone: "friendly" } });
  await readAll(await fetch("/api/chat", question));
  await pass();
  expect(find(edge.actions(), "update_trace")).toMatchObject({
    traceId: trace.traceId,
    tags: ["tone:friendly"],
    metadata: { experiment_tone: "friendly" },
  });
});
