import { describe, expect, it } from "vitest";
import { MAX_POINTS, pointWriter } from "../../../../src/delivery/figures/point-writer.ts";
import { BLOBS, DOUBLES } from "../../../../src/figures/data-point.ts";
import { turnFigures } from "../../../../src/figures/turn/turn-figures.ts";
import type { DataPoint } from "../../../../src/protocol/figures/data-point.ts";
import type { TurnFigures } from "../../../../src/protocol/figures/turn-figures.ts";
import { turnRecords } from "../../figures/records.ts";

const turn: TurnFigures = { trace: "t", isTurn: true, at: 0, metrics: {} };

/** A dataset that takes what Cloudflare's takes, and refuses the rest. */
function dataset() {
  const points: DataPoint[] = [];
  const writeDataPoint = (point: DataPoint): void => {
    const bytes = point.blobs.reduce((sum, blob) => sum + new TextEncoder().encode(blob).length, 0);
    if (point.blobs.length > 20 || point.doubles.length > 20)
      throw new TypeError("too many fields");
    if (bytes > 16 * 1024) throw new TypeError("too many bytes");
    if (new TextEncoder().encode(point.indexes[0]).length > 96) throw new TypeError("long index");
    if (points.length >= 250) throw new TypeError("too many points");
    points.push(point);
  };
  return { points, writeDataPoint };
}

describe("points of a dataset", () => {
  it("have each figure in its place", () => {
    const { points, ...binding } = dataset();
    pointWriter(binding, MAX_POINTS, () => {}).write("label", turnFigures("pk", turnRecords()));
    const [point] = points;
    const blobs = Object.fromEntries(BLOBS.map((name, at) => [name, point?.blobs[at]]));
    const doubles = Object.fromEntries(DOUBLES.map((name, at) => [name, point?.doubles[at]]));
    expect(blobs).toMatchObject({
      project: "label",
      assistant: "Claude Assistant",
      variants: "layout:b,tone:friendly",
      outcome: "completed",
      tools: "search",
      error: "Error: HTTP 503 after 1,204 ms",
    });
    expect(doubles).toMatchObject({
      turns: 1,
      weight: 1,
      time_to_first_token_ms: 410,
      total_tokens: 1920,
      cost_dollars: 0.009,
      tool_calls: 2,
      tool_errors: 1,
    });
  });

  it("stand for several turns where an invocation may not write them all", () => {
    const { points, ...binding } = dataset();
    const writer = pointWriter(binding, MAX_POINTS, () => {});
    const logs: string[] = [];
    for (const count of [3, 1000, 700, 1, 5]) {
      writer.write(
        "label",
        Array.from({ length: count }, () => turn),
      );
    }
    expect(logs).toEqual([]);
    expect(points.length).toBeLessThanOrEqual(250);
    const weights = points.map(({ doubles }) => doubles[DOUBLES.indexOf("weight")] ?? 0);
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBe(1709);
  });

  it("stay within the limits whatever a turn says, and never throw", () => {
    const { points, ...binding } = dataset();
    const long = "€".repeat(5000);
    const writer = pointWriter(binding, MAX_POINTS, () => {});
    writer.write("label", [
      {
        ...turn,
        assistant: long,
        session: long,
        tools: Array.from({ length: 500 }, () => ({ name: long, ms: 1 })),
        errors: [{ fingerprint: "f", type: "E", message: long, count: 1 }],
        variants: { [long]: long },
        metrics: { turn: Number.NaN },
      },
    ]);
    expect(points).toHaveLength(1);
    expect(points[0]?.doubles.every(Number.isFinite)).toBe(true);
    const logs: string[] = [];
    const broken = {
      writeDataPoint: () => {
        throw new Error("no dataset");
      },
    };
    pointWriter(broken, MAX_POINTS, (_level, event) => void logs.push(event)).write("l", [turn]);
    expect(logs).toEqual(["points_not_written"]);
  });
});
