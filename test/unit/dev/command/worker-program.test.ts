import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, it } from "vitest";
import { endWith } from "../../../../src/dev/command/worker-program.ts";
import { below, processTable } from "../../../../src/dev/command/process-tree.ts";
import { isAlive } from "../../../support/is-alive.ts";
import { until } from "../../../support/until.ts";

it("knows the processes below one, at any depth and in any order of the table", () => {
  const table = " 5 4\n 4 2\n 3 1\n 2 1\n 1 1\n 9 8\n\n";
  expect(below(2, table)).toEqual([4, 5]);
  expect(below(1, table)).toEqual([3, 2, 4, 5]);
  expect(below(5, table)).toEqual([]);
  expect(below(7, "")).toEqual([]);
});

/** A program with one below it; neither hears what it is told, for a minute. */
async function deafProgram() {
  const DEAF = "process.on('SIGTERM', () => {}); setTimeout(() => {}, 60_000);";
  const script = `${DEAF} require("node:child_process").spawn(process.execPath, ["-e", ${JSON.stringify(`${DEAF} console.log("deaf")`)}], { stdio: "inherit" });`;
  const program = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "ignore"] });
  await once(program.stdout, "data");
  const pids = [program.pid ?? 0, ...below(program.pid ?? 0, processTable())];
  expect(pids.length).toBe(2);
  return { program, pids };
}

const told = () => {
  const [stop, atOnce] = [new AbortController(), new AbortController()];
  return { stop, atOnce, signals: { stop: stop.signal, atOnce: atOnce.signal } };
};

it("kills a program that does not stop, with all below it", async () => {
  const { program, pids } = await deafProgram();
  const { stop, signals } = told();
  endWith(program, signals, 1);
  stop.abort();
  await until(() => !pids.some(isAlive));
});

it("kills it when it is to stop at once", async () => {
  const { program, pids } = await deafProgram();
  const { stop, atOnce, signals } = told();
  endWith(program, signals, 3_600_000);
  stop.abort();
  atOnce.abort();
  await until(() => !pids.some(isAlive));
});
