// Simulated users against the development Worker, as `npm run dev -- --traffic` starts them: their turns arrive whole.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Overview } from "../../src/dev/sink/view/answers.ts";
import { type RunningEdge, startEdge } from "../support/edge-process.ts";
import { until } from "../support/until.ts";

let edge: RunningEdge;
beforeAll(async () => {
  edge = await startEdge({ entry: "development" });
});
afterAll(() => edge.stop());

function traffic(...asked: string[]): { child: ChildProcess; said: () => string } {
  const args = ["--no-warnings", "src/dev/traffic/main.ts", edge.url, ...asked];
  const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
  return { child, said: () => said };
}

it("plays the past and the present through the edge, loses nothing, and ends by itself", async () => {
  const { child, said } = traffic("0.1", "3", "120");
  const [code] = (await once(child, "close")) as [number];
  expect(code).toBe(0);
  const [, turns = "0", refused] =
    /is over: (\d+) turns, (\d+) requests refused/.exec(said()) ?? [];
  expect(Number(turns)).toBeGreaterThan(2);
  expect(refused).toBe("0");
  const seen = await until(async () => {
    const overview = await (await fetch(`${edge.url}/sink/traces?limit=500`)).json<Overview>();
    const whole = overview.traces.filter(({ roots }) => roots.length === 1);
    return whole.length === Number(turns) && overview;
  });
  expect(seen.findings).toEqual([]);
});

it("ends at once with the program that started it", async () => {
  const { child, said } = traffic("60", "1");
  await until(() => said().includes("plays the last 60 minutes"));
  child.stdin?.end();
  const [code] = (await once(child, "close")) as [number];
  expect(code).toBe(0);
});

it("plays against nothing but an edge of this machine", async () => {
  const args = ["--no-warnings", "src/dev/traffic/main.ts", "https://edge.example.com"];
  const [code] = (await once(spawn(process.execPath, args), "exit")) as [number];
  expect(code).toBe(2);
});
