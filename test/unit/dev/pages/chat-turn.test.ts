import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chatTurn } from "../../../../src/dev/pages/chat-turn.ts";
import { curlLine, shellWord } from "../../../../src/dev/pages/chat-turn.ts";
import { parseTime } from "../../../../src/protocol/time.ts";
import type { TurnLine } from "../../../../src/dev/pages/page-data.ts";
import { createDashboardRoutes } from "../../../../src/dev/pages/routes.ts";
import { runs } from "../../../support/runs.ts";

const NOW = Date.UTC(2026, 10, 22, 12);

/** What a POSIX shell makes of a command line, word by word. */
function wordsOf(line: string): string[] {
  const script = `curl() { printf '%s\\0' "$@"; }\n${line}`;
  return execFileSync("sh", ["-c", script], { encoding: "utf8" }).split("\0").slice(0, -1);
}

describe("chatTurn", () => {
  it("is the seed's turn, in its order", () => {
    const turn = chatTurn("abc", NOW).map(({ body: { action, data } }) => [
      action,
      data["name"] ?? "",
    ]);
    expect(turn).toEqual([
      ["create_trace", "Research Assistant"],
      ["create_span", "frontend-ui-processing"],
      ["end_span", ""],
      ["flush", ""],
      ["create_span", "frontend-backend-api-call"],
      ["create_generation", "streaming-response"],
      ["update_generation", ""],
      ["end_span", ""],
      ["update_generation", ""],
      ["end_generation", ""],
      ["end_trace", ""],
    ]);
  });

  it("ends what it began, under one trace of its own", () => {
    const turn = chatTurn("abc", NOW);
    expect(new Set(turn.map(({ body }) => body.data["traceId"]))).toEqual(
      new Set([`ui2-${NOW - 2900}-abc`]),
    );
    const ids = (verb: string) =>
      turn
        .filter(({ body }) => body.action.startsWith(verb))
        .map(({ body }) => body.data["spanId"] ?? body.data["generationId"] ?? "root");
    expect(new Set(ids("end_"))).toEqual(new Set(ids("create_")));
    expect(new Set(ids("create_")).size).toBe(4);
  });

  it("has happened when it is sent, nothing before its trace, the first token within the answer", () => {
    const times = chatTurn("abc", NOW).flatMap(({ body: { data } }) =>
      ["timestamp", "startTime", "completionStartTime", "endTime"]
        .map((field) => data[field])
        .filter((time) => typeof time === "string")
        .map((time) => Date.parse(time)),
    );
    expect(Math.min(...times)).toBe(NOW - 2900);
    expect(Math.max(...times)).toBeLessThan(NOW);
    const generation = chatTurn("abc", NOW).find(({ body }) => body.action === "create_generation");
    const { startTime, completionStartTime } = generation?.body.data ?? {};
    expect(Number(parseTime(completionStartTime))).toBeGreaterThan(Number(parseTime(startTime)));
  });
});

describe("curl lines", () => {
  it("carry the turn through a real shell", () => {
    for (const { body } of chatTurn("abc", NOW)) {
      const url = "http://127.0.0.1:8787/api/langfuse/trace";
      const words = wordsOf(curlLine(url, body));
      expect(words.slice(0, -1)).toEqual([
        "-sS",
        url,
        "-H",
        "content-type: application/json",
        "-d",
      ]);
      expect(JSON.parse(words.at(-1) ?? "")).toEqual(body);
    }
  });

  it("survive any text", () => {
    const word = fc.string({ unit: "grapheme" }).filter((text) => !text.includes("\0"));
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 8 }), (texts) => {
        expect(wordsOf(["curl", ...texts.map(shellWord)].join(" "))).toEqual(texts);
      }),
      { numRuns: runs(40) },
    );
  });

  it("are fresh at each asking, and for the address that was asked", async () => {
    const app = createDashboardRoutes({
      version: "0",
      baseUrl: "",
      usingSink: false,
    });
    const ask = async (): Promise<TurnLine[]> =>
      (await app.request("http://localhost:9999/dev/turn")).json();
    const [one, two] = [await ask(), await ask()];
    expect(one[0]?.curl).toContain(" http://localhost:9999/api/langfuse/trace ");
    expect(one[0]?.body).not.toEqual(two[0]?.body);
  });
});
