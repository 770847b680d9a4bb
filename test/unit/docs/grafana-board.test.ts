// The board asks columns of the dataset for what stands there, and the page names each column.
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { BLOBS, DOUBLES } from "../../../src/figures/data-point.ts";

interface Board {
  panels: { title: string; targets: { query: string }[] }[];
}
const board = JSON.parse(readFileSync("docs/grafana-board.json", "utf8")) as Board;
const queries = board.panels.flatMap(({ targets }) => targets.map(({ query }) => query));

it("asks for columns that are written", () => {
  expect(queries.length).toBeGreaterThan(8);
  for (const query of queries) {
    expect(query).toContain("FROM langfuse_edge_turns WHERE $timeFilter");
    for (const [, kind, number] of query.matchAll(/\b(blob|double)(\d+)\b/g)) {
      const columns = kind === "blob" ? BLOBS : DOUBLES;
      expect(columns[Number(number) - 1]).toBeDefined();
    }
  }
});

it("gives a column the name of what stands in it", () => {
  const names: Readonly<Record<string, string>> = {
    outcome: "outcome",
    release: "release",
    assistant: "assistant",
    model: "model",
    country: "country",
    variants: "variants",
    fingerprint: "error_fingerprint",
    trace: "trace",
    session: "session",
    turn_ms: "turn_ms",
    ttft_ms: "time_to_first_token_ms",
  };
  const columns: readonly string[] = [...BLOBS, ...DOUBLES];
  for (const query of queries) {
    for (const [, column = "", name = ""] of query.matchAll(/\b((?:blob|double)\d+) AS (\w+)/g)) {
      const at = Number(column.replace(/\D/g, "")) - 1;
      const place = column.startsWith("blob") ? at : BLOBS.length + at;
      expect([name, columns[place]]).toEqual([name, names[name]]);
    }
  }
});

it("is told of on the page, column by column", () => {
  const page = readFileSync("docs/figures.md", "utf8");
  const told = [
    ...page.matchAll(
      /`(blob|double)(\d+)`(?: … `(?:blob|double)(\d+)`|, `(?:blob|double)(\d+)`)?/g,
    ),
  ];
  const numbers = { blob: new Set<number>(), double: new Set<number>() };
  for (const [, kind = "", from, to, other] of told) {
    const last = Number(to ?? other ?? from);
    for (let at = Number(from); at <= last; at += 1) numbers[kind as "blob" | "double"].add(at);
  }
  expect(numbers.blob.size).toBe(BLOBS.length);
  expect(numbers.double.size).toBe(DOUBLES.length);
});
