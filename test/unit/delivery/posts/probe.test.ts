// A Langfuse that is slow, or hangs for some, while nothing of a project passes.
import { expect, it } from "vitest";
import { deliver } from "../../../../src/delivery/deliver.ts";
import type { LeaseBefore } from "../../../../src/delivery/posts/pass-room.ts";
import {
  failureWeight,
  isWholeTry,
  timeoutFor,
  wholeTriesBefore,
} from "../../../../src/delivery/posts/probe.ts";
import { POST_TIMEOUT_MS, PROBE_TIMEOUT_MS } from "../../../../src/protocol/delivery-times.ts";
import { encodedRecord } from "./arbitrary-encoded.ts";

const CONTEXT = { isProbe: true, tries: [0], setAsideBefore: false, hasTime: () => true };

it("a POST is a short probe only while nothing is proven, and never of a record set aside", () => {
  expect(timeoutFor(CONTEXT)).toBe(PROBE_TIMEOUT_MS);
  expect(timeoutFor({ ...CONTEXT, isProbe: false })).toBe(POST_TIMEOUT_MS);
  expect(timeoutFor({ ...CONTEXT, setAsideBefore: true })).toBe(POST_TIMEOUT_MS);
});

it("each third try of a session takes its whole time, where its lease lasts that long", () => {
  const times = [0, 1, 2, 3, 4, 5].map((tries) => timeoutFor({ ...CONTEXT, tries: [tries] }));
  const [short, whole] = [PROBE_TIMEOUT_MS, POST_TIMEOUT_MS];
  expect(times).toEqual([short, short, short, whole, short, short]);
  expect(timeoutFor({ ...CONTEXT, tries: [3], hasTime: () => false })).toBe(short);
  const tries = Array.from({ length: 20 }, (_, n) => n);
  expect(tries.map(wholeTriesBefore)).toEqual(
    tries.map((n) => tries.slice(0, n).filter(isWholeTry).length),
  );
});

it("a hang counts by the time that it cost, any other failure as one", () => {
  expect(failureWeight({ class: "timeout" }, POST_TIMEOUT_MS)).toBe(1);
  expect(failureWeight({ class: "timeout" }, PROBE_TIMEOUT_MS)).toBe(1 / 3);
  expect(failureWeight({ class: "unavailable" }, PROBE_TIMEOUT_MS)).toBe(1);
});

it("suspected sessions have short POSTs where others are taken, if Langfuse is quick", async () => {
  const timeoutsOf = async (
    quick: boolean,
    before: LeaseBefore,
  ): Promise<(number | undefined)[]> => {
    const timeouts: (number | undefined)[] = [];
    const plan = { apart: true, proven: true, ...(quick && { quick: true as const }) };
    const outcome = { kind: "later", cause: "timeout", message: "" } as const;
    await deliver([encodedRecord(0, 0), encodedRecord(0, 1)], [before], {
      post: async (_kind, _parts, timeoutMs) => {
        timeouts.push(timeoutMs);
        return outcome;
      },
      stopReason: () => undefined,
      plans: { observation: plan, score: plan },
      lastDelivery: async () => 1,
      finished: async () => undefined,
      random: () => 0.5,
      now: () => 0,
    });
    return timeouts;
  };
  const failed = (tries: number) => ({ failing: { observation: { tries, since: 0, last: 0 } } });
  expect(await timeoutsOf(true, { ...failed(1), taken: true })).toEqual([PROBE_TIMEOUT_MS]);
  expect(await timeoutsOf(false, { ...failed(1), taken: true })).toEqual([POST_TIMEOUT_MS]);
  // A session that Langfuse never took anything of, and one that never failed.
  expect(await timeoutsOf(true, {})).toEqual([PROBE_TIMEOUT_MS]);
  expect(await timeoutsOf(true, { taken: true })).toEqual([POST_TIMEOUT_MS]);
  // Langfuse knows the session by another kind alone.
  const other = { taken: true, takenOnly: "score" } as const;
  expect(await timeoutsOf(true, other)).toEqual([PROBE_TIMEOUT_MS]);
  expect(await timeoutsOf(true, { taken: true, takenOnly: "observation" })).toEqual([
    POST_TIMEOUT_MS,
  ]);
  // Each third try has its whole time.
  expect(await timeoutsOf(true, failed(3))).toEqual([POST_TIMEOUT_MS]);
});
