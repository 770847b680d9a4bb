// The runtime dies and comes back on the state that it left: the queue is lost, the data is not.
import { afterAll, expect, it } from "vitest";
import { startEdge } from "../support/edge-process.ts";
import { stateFolder } from "../support/edge-process.ts";
import { keyVars, post, seedTurn } from "../support/post.ts";
import { recordingLangfuse } from "../support/recording-langfuse.ts";
import { until } from "../support/until.ts";

const state = stateFolder();
afterAll(state.remove);

it("delivers after a restart what was accepted before it, and takes up an open trace", async () => {
  const langfuse = await recordingLangfuse();
  // Short enough that the alarm which outlives the lost claim comes within this test, and finds that a
  // lease may be out: what was lent before the end is nobody else's for three quarters of a minute.
  const vars = { ...keyVars(langfuse.url), LANGFUSE_FLUSH_INTERVAL: "11" };
  const [done, open] = ["ui2-1671234567890-done", "ui2-1671234567890-open"];
  const steps = seedTurn(open, "session-2");

  const before = await startEdge({ vars, persist: state.path });
  for (const step of steps.slice(0, 5)) await post(before.url, step);
  for (const step of seedTurn(done, "session-1")) await post(before.url, step);
  await before.stop();
  expect(langfuse.requests).toEqual([]);

  const after = await startEdge({ vars, persist: state.path });
  for (const step of steps.slice(5)) {
    expect((await post(after.url, step)).body).toMatchObject({ success: true });
  }
  await until(() => langfuse.spans().length === 8);
  const names = langfuse.spans().map(({ name, traceId }) => `${traceId}/${name}`);
  expect(new Set(names).size).toBe(8);
  expect(names.some((name) => name.endsWith("late-update"))).toBe(false);
  await after.stop();
  await langfuse.close();
});
