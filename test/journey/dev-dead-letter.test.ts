// A dead letter to try: the built-in Langfuse refuses one record by its name, and the rest goes on.
import { afterAll, beforeAll, expect, it } from "vitest";
import { type RunningEdge, startEdge } from "../support/edge-process.ts";
import { basic, post } from "../support/post.ts";
import { until } from "../support/until.ts";

let edge: RunningEdge;
beforeAll(async () => {
  edge = await startEdge({ entry: "development" });
});
afterAll(() => edge.stop());

interface Listed {
  letters: { name: string; reason: string; message: string }[];
}
const authorization = basic("pk-lf-sink", "sk-lf-sink");
const letters = async () => {
  const url = `${edge.url}/api/langfuse/dead-letters`;
  const answer = await fetch(url, { headers: { authorization } });
  return (await answer.json<Listed>()).letters;
};
const behave = (behaviour: object) =>
  fetch(`${edge.url}/sink/behaviour`, { method: "PUT", body: JSON.stringify(behaviour) });
const names = async (): Promise<string[]> => {
  const answer = await fetch(`${edge.url}/sink/traces`);
  const { traces } = await answer.json<{
    traces: { nodes: { observation: { name: string } }[] }[];
  }>();
  return traces.flatMap(({ nodes }) => nodes.map(({ observation }) => observation.name)).toSorted();
};

it("refuses a record of the name until it is told to work, and takes the replayed one", async () => {
  await behave({ refuse: "bad one" });
  const traceId = "t";
  for (const [action, data] of [
    ["create_trace", { name: "turn", sessionId: "s" }],
    ["create_span", { spanId: "a", name: "bad one" }],
    ["create_span", { spanId: "b", name: "good one" }],
    ["end_span", { spanId: "a" }],
    ["end_span", { spanId: "b" }],
    ["end_trace", {}],
  ] as const) {
    expect((await post(edge.url, { action, data: { traceId, ...data } }, {})).status).toBe(200);
  }
  const [letter, ...others] = await until(async () => {
    const found = await letters();
    return found.length > 0 && found;
  });
  expect([letter, others]).toMatchObject([{ name: "bad one", reason: "refused" }, []]);
  expect(letter?.message).toContain("1 of 1 span(s) cannot be processed");
  await until(async () => (await names()).length === 2);
  expect(await names()).toEqual(["good one", "turn"]);

  await behave({});
  await fetch(`${edge.url}/api/langfuse/dead-letters/replay`, {
    method: "POST",
    headers: { authorization, "content-type": "application/json" },
    body: JSON.stringify({ all: true }),
  });
  await until(async () => (await names()).length === 3);
  expect(await names()).toEqual(["bad one", "good one", "turn"]);
  expect(await letters()).toEqual([]);
});
