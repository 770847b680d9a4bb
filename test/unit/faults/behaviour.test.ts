import { describe, expect, it } from "vitest";
import {
  always,
  type Asked,
  byKind,
  mix,
  phases,
  refusing,
  slow,
  status,
  well,
} from "../../faults/langfuse/behaviour.ts";
import { GUILTY } from "../../faults/plan/turn.ts";

const asked: Asked = { n: 0, kind: "observation", records: 1, text: "{}", ms: 0 };
const OK = { kind: "ok" };

describe("a script", () => {
  it("answers the n-th request alike for the same seed", () => {
    const numbers = Array.from({ length: 200 }, (_, n) => n);
    const choices: [number, ReturnType<typeof status>][] = [
      [3, { kind: "ok" }],
      [1, status(500)],
    ];
    const run = (seed: number) => numbers.map((n) => mix(seed, choices)({ ...asked, n }).kind);
    expect(run(1)).toEqual(run(1));
    expect(run(1)).not.toEqual(run(2));
    const failed = run(1).filter((kind) => kind === "status").length;
    expect(failed).toBeGreaterThan(20);
    expect(failed).toBeLessThan(80);
  });

  it("answers no later than it is allowed to", () => {
    for (let n = 0; n < 200; n += 1) {
      const reply = slow(3, 50)({ ...asked, n });
      expect(reply.kind === "ok" && (reply.afterMs ?? 0) <= 50).toBe(true);
    }
  });

  it("changes with time", () => {
    const script = phases([[100, always({ kind: "hang" })]], well);
    expect(script({ ...asked, ms: 99 })).toEqual({ kind: "hang" });
    expect(script({ ...asked, ms: 100 })).toEqual(OK);
  });

  it("refuses only requests that hold a guilty record", () => {
    const script = refusing(status(422));
    expect(script(asked)).toEqual(OK);
    expect(script({ ...asked, text: `[${GUILTY}]` })).toEqual(status(422));
  });

  it("tells the kinds apart", () => {
    const script = byKind({ observation: well, score: always({ kind: "reset" }) });
    expect(script(asked)).toEqual(OK);
    expect(script({ ...asked, kind: "score" })).toEqual({ kind: "reset" });
  });
});
