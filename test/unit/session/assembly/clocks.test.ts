// Clients whose clocks are wrong, or change: what they numbered stays in its order.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NOW } from "../arbitrary.ts";
import { span, Story, trace } from "../story.ts";
import { DAY } from "../support.ts";

const HOUR = 3_600_000;
/** A span's output after these writes, each [number, offset of its clock, ms], in the order of arrival. */
function outputAfter(writes: readonly (readonly [seq: number, offset: number])[]): unknown {
  const story = new Story();
  story.at(0, trace("create"), { seq: 1 });
  story.at(0, span("create", "s"), { seq: 2 });
  for (const [index, [seq, offset]] of writes.entries()) {
    const change = span("update", "s", { fields: { output: `write ${seq}` } });
    const results = story.at(index / 100, change, { seq, at: NOW + offset });
    expect(results).toEqual([{ status: "accepted" }]);
  }
  story.at(1, span("end", "s"), { seq: 1_000 });
  story.at(1, trace("end"), { seq: 1_001 });
  story.sealedBy(20);
  return story.record("span").fields.output;
}

describe("a client's own numbers order what it wrote", () => {
  it.each([
    [
      "goes back by an hour in between",
      [
        [3, 0],
        [4, -HOUR],
      ],
    ],
    [
      "goes back by a moment",
      [
        [3, 800],
        [4, 300],
      ],
    ],
    [
      "is a day ahead, with the earlier number sent again later",
      [
        [4, DAY],
        [3, DAY],
      ],
    ],
    [
      "is a day behind",
      [
        [4, 10 - DAY],
        [3, 20 - DAY],
      ],
    ],
    [
      "goes back by a year",
      [
        [3, 0],
        [5, 10 - 365 * DAY],
        [4, 20 - 365 * DAY],
        [6, -400 * DAY],
      ],
    ],
  ] as const)("where its clock %s", (_what, writes) => {
    const last = Math.max(...writes.map(([seq]) => seq));
    expect(outputAfter(writes)).toBe(`write ${last}`);
  });

  it("where its clock is a day behind from its first word on, and it never says when it sent", () => {
    const story = new Story();
    const tell = (seconds: number, seq: number, change: ReturnType<typeof span>): void => {
      const at = NOW + seconds * 1_000 - DAY - HOUR;
      expect(story.at(seconds, change, { seq, at })).toEqual([{ status: "accepted" }]);
    };
    tell(0, 1, trace("create"));
    tell(0, 2, span("create", "s"));
    tell(1, 4, span("update", "s", { fields: { output: "later" } }));
    tell(2, 3, span("update", "s", { fields: { output: "earlier" } }));
    tell(3, 5, span("end", "s"));
    tell(3, 6, trace("end"));
    story.sealedBy(20);
    expect(story.record("span").fields.output).toBe("later");
  });

  it("whatever its clock says, in whatever order they come", () => {
    const writesArb = fc.uniqueArray(
      fc.tuple(fc.integer({ min: 3, max: 40 }), fc.integer({ min: -30 * DAY, max: 5 * DAY })),
      { selector: ([seq]) => seq, minLength: 1, maxLength: 12 },
    );
    fc.assert(
      fc.property(writesArb, (writes) => {
        const last = Math.max(...writes.map(([seq]) => seq));
        expect(outputAfter(writes)).toBe(`write ${last}`);
      }),
    );
  });
});

it("of two clients the one that wrote later stands, and a server without numbers takes part", () => {
  const story = new Story();
  story.at(0, span("create", "s"));
  const write = (clientId: string | undefined, seq: number | undefined, at: number): void => {
    const arrival = {
      writer: "server" as const,
      ...(clientId !== undefined && { clientId }),
      actions: [
        {
          ...(seq !== undefined && { seq }),
          at: NOW + at,
          change: span("update", "s", { fields: { output: `${clientId} at ${at}` } }),
        },
      ],
    };
    story.entry({ k: "append", t: NOW + 1000, arrival });
  };
  const output = (): unknown =>
    [...story.state.openTraces.values()][0]?.drafts.values().next().value?.fields.get("output")?.v;
  write("one", 1, 100);
  write("two", 1, 200);
  expect(output()).toBe("two at 200");
  write("two", 2, 50);
  expect(output()).toBe("one at 100");
  write(undefined, undefined, 400);
  write(undefined, undefined, 300);
  expect(output()).toBe("undefined at 400");
});

describe("a clock that is set while its page is open", () => {
  /** A turn whose clock is set back by two hours, with or without a slow network. */
  function turnWith(sentAt: (seconds: number) => number): Story {
    const story = new Story();
    const at = (seconds: number) => ({ at: sentAt(seconds), sentAt: sentAt(seconds) });
    story.at(0, trace("create"), at(0));
    story.at(10, span("create", "s"), at(10));
    story.at(20, span("end", "s"), at(20));
    story.at(30, trace("end"), at(30));
    story.sealedBy(40);
    return story;
  }

  it("is corrected from then on", () => {
    const story = turnWith((seconds) => NOW + seconds * 1000 - (seconds > 5 ? 2 * HOUR : 0));
    expect(story.record("span")).toMatchObject({ startTime: NOW + 10_000, endTime: NOW + 20_000 });
    expect(story.record("trace")).toMatchObject({ startTime: NOW, endTime: NOW + 30_000 });
  });

  it("is not what a slow network is taken for", () => {
    const story = turnWith((seconds) => NOW + seconds * 1000 - (seconds > 5 ? 9_000 : 0));
    expect(story.record("span")).toMatchObject({ startTime: NOW + 1_000, endTime: NOW + 11_000 });
  });
});
