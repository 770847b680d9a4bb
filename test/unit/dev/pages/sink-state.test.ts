import { describe, expect, it } from "vitest";
import type { DrawnTrace, Overview } from "../../../../src/dev/sink/view/answers.ts";
import { sinkState, turnState } from "../../../../src/dev/pages/script/sink-state.ts";

const FINDING = { kind: "resent_span", severity: "warning", message: "twice", at: 1 } as const;

function overview({
  counts,
  ...more
}: { counts?: Partial<Overview["counts"]> } & Partial<Omit<Overview, "counts">>): Overview {
  const none = { answers: [], last: {}, observations: 0, scores: 0, dropped: 0, revision: 1 };
  return { counts: { ...none, ...counts }, behaviour: {}, findings: [], traces: [], ...more };
}
const stored = { observations: 4, scores: 1, last: { otlp: 200, ingestion: 207 } };

describe("the state of the built-in Langfuse", () => {
  it("is green only where all that was sent is stored and nothing is wrong", () => {
    expect(sinkState(overview({ counts: stored }))).toEqual({
      tone: "good",
      text: "4 observations and 1 score stored: of what was sent here nothing was lost, nothing doubled.",
    });
  });

  it("says nothing of a sink that was sent nothing", () => {
    expect(sinkState(overview({}))).toEqual({ tone: "soft", text: "Nothing was sent here yet." });
  });

  it.each([
    [{ status: 503 }, "answers 503"],
    [{ status: 500, times: 2 }, "answers 500"],
    [{ status: 429, retryAfter: 5 }, "answers 429"],
    [{ html: true }, "shows a login page"],
    [{ redirect: "https://login.example.com/" }, "redirects"],
    [{ delayMs: 120_000 }, "hangs"],
  ])("is never green while it is told to %j, whatever is stored", (behaviour, words) => {
    const { tone, text } = sinkState(overview({ counts: stored, behaviour }));
    expect(tone).toBe("warn");
    expect(text).toContain(`Simulated: Langfuse ${words}.`);
    expect(text).not.toMatch(/nothing was lost/);
  });

  it("is not green after a refusal, until the next answer is a good one", () => {
    const last = { otlp: 503 };
    const { tone, text } = sinkState(overview({ counts: { ...stored, last } }));
    expect([tone, text]).toEqual(["warn", expect.stringContaining("last answered 503")]);
  });

  it("leaves the word to the findings where there are some", () => {
    const { tone, text } = sinkState(overview({ counts: stored, findings: [FINDING] }));
    expect([tone, text]).toEqual(["soft", "4 observations and 1 score stored."]);
  });

  it("says what it refuses, whatever it answered last", () => {
    const { tone, text } = sinkState(
      overview({ counts: stored, behaviour: { refuse: "bad one" } }),
    );
    expect([tone, text]).toEqual([
      "warn",
      expect.stringContaining("refuses what is named bad one"),
    ]);
  });

  it("says that it is slow", () => {
    const { tone, text } = sinkState(overview({ counts: stored, behaviour: { delayMs: 5000 } }));
    expect([tone, text]).toEqual(["warn", expect.stringContaining("Langfuse is slow")]);
  });
});

describe("the state of a turn", () => {
  const sent = { actions: 11, tookMs: "85 ms", langfuseTraceId: "t" };
  const trace = (roots: string[]): DrawnTrace => ({ id: "t", roots }) as unknown as DrawnTrace;

  it.each<[string, Partial<Overview>, string | undefined, string, string]>([
    ["kept", {}, undefined, "soft", "11 actions kept in 85 ms, on their way to Langfuse…"],
    ["begun", { traces: [trace([])] }, undefined, "soft", "on their way"],
    ["in trouble", { behaviour: { status: 503 } }, undefined, "warn", "they wait in the edge"],
    ["there", { traces: [trace(["r"])] }, "1.20 s", "good", "in Langfuse, 1.20 s later"],
  ])("%s", (_name, seen, after, tone, words) => {
    const line = turnState(sent, overview(seen), after);
    expect(line.tone).toBe(tone);
    expect(line.text).toContain(words);
  });
});
