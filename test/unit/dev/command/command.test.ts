import { once } from "node:events";
import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import {
  askedPort,
  askedTraffic,
  askedVars,
  stateArguments,
} from "../../../../src/dev/command/arguments.ts";
import { freePort } from "../../../../src/dev/command/free-port.ts";
import { keepRunning } from "../../../../src/dev/command/keep-running.ts";
import { langfuseOf } from "../../../../src/dev/command/langfuse-of.ts";
import { until } from "../../../support/until.ts";

describe("the arguments", () => {
  it("name a port in each of wrangler's ways, the last one wins", () => {
    expect(askedPort(["--port", "8898"])).toBe(8898);
    expect(askedPort(["--log-level=warn", "--port=8899", "--local"])).toBe(8899);
    expect(askedPort(["--var", "A:1", "--port", "1", "--port", "2"])).toBe(2);
    expect(askedPort(["--var", "port:8898"])).toBeUndefined();
    expect(askedPort([])).toBeUndefined();
  });

  it("name the data's folder: the usual one at the usual port, else the port's own or the asked one", () => {
    expect(stateArguments([], 8787)).toEqual([]);
    expect(stateArguments(["--local"], 8788)).toEqual(["--persist-to", ".wrangler/state-8788"]);
    expect(stateArguments(["--port", "8898"], 8898)).toEqual([
      "--persist-to",
      ".wrangler/state-8898",
    ]);
    for (const asked of [["--persist-to", "here"], ["--persist-to=here"], ["--persistTo", "here"]])
      expect(stateArguments(asked, 8788)).toEqual([]);
  });

  it("name variables, several to an option, colons and all", () => {
    const args = ["--var", "A:1", "B:http://x:2", "--local", "C:3", "--var=D:4"];
    expect(askedVars(args)).toEqual({ A: "1", B: "http://x:2", D: "4" });
  });
});

describe("simulated users", () => {
  it.each([
    [[], undefined, []],
    [["--traffic"], { minutes: 60, seed: 1 }, []],
    [
      ["--port", "1", "--traffic=5", "--local"],
      { minutes: 5, seed: 1 },
      ["--port", "1", "--local"],
    ],
    [["--traffic", "--traffic-seed=7"], { minutes: 60, seed: 7 }, []],
    [["--traffic=nonsense", "--traffic-seed=0"], { minutes: 60, seed: 1 }, []],
    [["--traffic=999999"], { minutes: 1440, seed: 1 }, []],
    [["--trafficker"], undefined, ["--trafficker"]],
  ])("%j", (args, traffic, rest) => {
    expect(askedTraffic(args)).toEqual({ traffic, rest });
  });
});

describe("the Langfuse of the backends", () => {
  it("is the sink without keys", () => {
    expect(langfuseOf("", [], "http://127.0.0.1:8898")).toEqual({
      LANGFUSE_PUBLIC_KEY: "pk-lf-sink",
      LANGFUSE_SECRET_KEY: "sk-lf-sink",
      LANGFUSE_BASE_URL: "http://127.0.0.1:8898/sink",
    });
  });

  it("is the edge's own with keys; the command line wins", () => {
    const devVars = `# mine
LANGFUSE_PUBLIC_KEY=pk-lf-a
LANGFUSE_SECRET_KEY="sk-lf-a"
LANGFUSE_HOST=https://langfuse.test/
LANGFUSE_RELEASE=web@1`;
    const args = ["--var", "LANGFUSE_TRACING_ENVIRONMENT:staging", "LANGFUSE_SECRET_KEY:sk-lf-b"];
    expect(langfuseOf(devVars, args, "http://127.0.0.1:8787")).toEqual({
      LANGFUSE_PUBLIC_KEY: "pk-lf-a",
      LANGFUSE_SECRET_KEY: "sk-lf-b",
      LANGFUSE_BASE_URL: "https://langfuse.test",
      LANGFUSE_TRACING_ENVIRONMENT: "staging",
      LANGFUSE_RELEASE: "web@1",
    });
  });
});

it("takes the next port where one is taken", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const taken = typeof address === "object" && address !== null ? address.port : 0;
  const next = await freePort(taken);
  expect(next).toBeGreaterThan(taken);
  server.close();
  await once(server, "close");
  // Somebody else may have it by now.
  const own = await freePort(taken);
  expect(own).toBeGreaterThanOrEqual(taken);
  expect(own).toBeLessThanOrEqual(next);
});

describe("a program that is kept running", () => {
  const program = (script: string) => ({
    name: "it",
    command: process.execPath,
    args: ["-e", script],
    env: process.env,
  });
  const WELL_BEHAVED = "process.stdin.on('end', () => process.exit()).resume()";
  const DEAF = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)";
  const SOON = { restartAfterMs: 1, killAfterMs: 1 };
  const pidsIn = (lines: string[]): number[] =>
    lines.flatMap((line) => /process (\d+)$/.exec(line)?.[1] ?? []).map(Number);

  it("is started again when it dies, and ends when it is stopped", async () => {
    const lines: string[] = [];
    const kept = keepRunning(program(WELL_BEHAVED), (line) => lines.push(line));
    expect(kept.possible).toBe(true);
    const [first = 0] = pidsIn(lines);
    process.kill(first, "SIGKILL");
    const second = await until(() => pidsIn(lines)[1]);
    expect(lines).toContain("it ended (SIGKILL); starting it again");
    await kept.stop();
    expect(isAlive(second)).toBe(false);
    expect(pidsIn(lines)).toHaveLength(2);
  });

  it("is given up when it dies again and again", async () => {
    const lines: string[] = [];
    const kept = keepRunning(program("process.exit(3)"), (line) => lines.push(line), SOON);
    await until(() => lines.includes("it ended (3); giving it up"));
    expect(pidsIn(lines)).toHaveLength(6);
    await kept.stop();
  });

  it("is killed where it does not end by itself", async () => {
    const lines: string[] = [];
    const kept = keepRunning(program(DEAF), (line) => lines.push(line), SOON);
    await kept.stop();
    expect(pidsIn(lines).map(isAlive)).toEqual([false]);
  });

  it("is told from one that the machine does not have", async () => {
    const kept = keepRunning({ ...program(""), command: "no-such-command" }, () => undefined);
    expect(kept.possible).toBe(false);
    await kept.stop();
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
