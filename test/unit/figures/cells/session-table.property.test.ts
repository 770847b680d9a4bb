import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  addToSessions,
  byLatest,
  bySlowest,
  emptySessions,
  mergeSessions,
  sessionHash,
} from "../../../../src/figures/cells/session-table.ts";
import type { SessionTable } from "../../../../src/protocol/figures/cells.ts";
import type { TurnFigures } from "../../../../src/protocol/figures/turn-figures.ts";
import { arbitraryFigures } from "../arbitrary-figures.ts";

const MOST = 3;
const many = fc.array(
  fc
    .tuple(arbitraryFigures, fc.nat(30), fc.nat(1000), fc.nat(60_000))
    .map(([figures, session, later, wait]) => ({
      ...figures,
      session: `session-${session}`,
      at: figures.at + later,
      ...(figures.isTurn && { metrics: { ...figures.metrics, time_to_first_token: wait } }),
    })),
  { maxLength: 60 },
);

function tableOf(all: readonly TurnFigures[], most = MOST): SessionTable {
  const table = emptySessions();
  for (const one of all) addToSessions(table, one, one.assistant ?? "", most);
  return table;
}

function sum(tables: readonly SessionTable[], most = MOST): SessionTable {
  const all = emptySessions();
  for (const one of tables) mergeSessions(all, one, most);
  return all;
}

const slowest = (table: SessionTable): unknown[] =>
  bySlowest(table)
    .slice(0, MOST)
    .map(([hash, { firstToken }]) => [hash, firstToken?.max]);
const latest = (table: SessionTable): unknown[] =>
  byLatest(table)
    .slice(0, MOST)
    .map(([hash, { last, trace }]) => [hash, last, trace]);

describe("the sessions of a slice", () => {
  it("have the slowest and the latest of all, whatever the order and the grouping", () => {
    fc.assert(
      fc.property(fc.array(many, { maxLength: 4 }), (parts) => {
        const whole = tableOf(parts.flat(), Infinity);
        for (const table of [
          tableOf(parts.flat()),
          tableOf(parts.flat().toReversed()),
          sum(parts.map((part) => tableOf(part))),
          sum(parts.toReversed().map((part) => tableOf(part))),
        ]) {
          expect(Object.keys(table.cells).length).toBeLessThanOrEqual(2 * MOST);
          expect(slowest(table)).toEqual(slowest(whole));
          expect(latest(table)).toEqual(latest(whole));
        }
      }),
    );
  });

  it("have exact sums where none was left out, and say where some were; never more than there was", () => {
    fc.assert(
      fc.property(fc.array(many, { maxLength: 4 }), (parts) => {
        const all = parts.flat();
        const whole = tableOf(all, Infinity);
        const table = sum(parts.map((part) => tableOf(part)));
        const sessions = new Set(all.map(({ session }) => session));
        if (sessions.size > 2 * MOST) expect(table.cut).toBe(true);
        if (table.cut !== true) expect(table).toEqual(whole);
        for (const [hash, { turns, errors, nanos, tokens }] of Object.entries(table.cells)) {
          const exact = whole.cells[hash];
          expect(turns).toBeLessThanOrEqual(exact?.turns ?? 0);
          expect(errors).toBeLessThanOrEqual(exact?.errors ?? 0);
          expect(nanos).toBeLessThanOrEqual(exact?.nanos ?? 0);
          expect(tokens).toBeLessThanOrEqual(exact?.tokens ?? 0);
        }
      }),
    );
  });

  it("count each turn in its own, and leave what is added as it was", () => {
    fc.assert(
      fc.property(many, (all) => {
        const table = tableOf(all, Infinity);
        const before = structuredClone(table);
        expect(sum([table, table], Infinity).cut).toBeUndefined();
        expect(table).toEqual(before);
        for (const session of new Set(all.map((one) => one.session))) {
          const own = all.filter((one) => one.session === session);
          const turns = own.filter(({ isTurn }) => isTurn);
          expect(table.cells[sessionHash(session)]).toMatchObject({
            turns: turns.length,
            failed: turns.filter(({ outcome }) => outcome === "failed").length,
          });
        }
      }),
    );
  });

  it("have no name in them", () => {
    const [figures] = fc.sample(arbitraryFigures, { numRuns: 1, seed: 1 });
    if (figures === undefined) throw new Error("no figures");
    const table = tableOf([{ ...figures, session: "ada@example.com" }]);
    expect(JSON.stringify(table)).not.toContain("ada");
    expect(Object.keys(table.cells)).toEqual([sessionHash("ada@example.com")]);
  });
});
