// Figures of turns as sessions may tell them: few names, so that they meet, and now and then hostile ones.
import * as fc from "fast-check";
import { OUTCOMES } from "../../../src/protocol/figures/dimensions.ts";
import type { TurnFigures } from "../../../src/protocol/figures/turn-figures.ts";
import { AT } from "./records.ts";

const ms = fc.oneof(fc.nat(60_000), fc.double({ min: 0, max: 1e6, noNaN: true }));
const dollars = fc.oneof(fc.constant(0.0123), fc.double({ min: 0, max: 2, noNaN: true }));
const tokens = fc.nat(100_000);
const oneOf = <T extends string>(...names: T[]) => fc.constantFrom(...names);

export const MINUTES = 5;

export const arbitraryFigures: fc.Arbitrary<TurnFigures> = fc
  .record(
    {
      assistant: oneOf("Claude", "Bot", "toString"),
      session: fc.nat(5).map((n) => `session-${n}`),
      user: oneOf("aa", "bb", "cc"),
      model: oneOf("m1", "constructor"),
      release: oneOf("r1", "constructor"),
      country: oneOf("DE", "FR"),
      source: oneOf("frontend-click"),
      variants: fc.dictionary(oneOf("tone", "constructor"), oneOf("a", "toString")),
      generations: fc.array(
        fc.record(
          {
            model: oneOf("m1", "constructor"),
            ms,
            input: tokens,
            output: tokens,
            total: tokens,
            cost: dollars,
          },
          { requiredKeys: ["ms", "input", "output", "total"] },
        ),
        { maxLength: 3 },
      ),
      tools: fc.array(
        fc.record(
          { name: oneOf("search", "constructor"), ms, error: fc.constant(true as const) },
          { requiredKeys: ["name", "ms"] },
        ),
        { maxLength: 3 },
      ),
      errors: fc.array(
        fc.record({
          fingerprint: oneOf("0011223344556677", "8899aabbccddeeff"),
          type: oneOf("TypeError"),
          message: oneOf("x", "y"),
          count: fc.integer({ min: 1, max: 5 }),
        }),
        { maxLength: 2 },
      ),
      scores: fc.array(
        fc.record({
          name: oneOf("stars", "valueOf"),
          value: fc.oneof(fc.integer({ min: -5, max: 5 }), oneOf("good", "toString")),
        }),
        { maxLength: 2 },
      ),
    },
    { requiredKeys: [] },
  )
  .chain((rest) =>
    fc
      .record({
        isTurn: fc.boolean(),
        minute: fc.nat(MINUTES - 1),
        outcome: fc.constantFrom(...OUTCOMES),
        metrics: fc.record(
          { turn: ms, time_to_first_token: ms, network: ms },
          { requiredKeys: [] },
        ),
      })
      .map(({ isTurn, minute, outcome, metrics }) => ({
        ...rest,
        trace: "b2da82a90f74a406596bb57639b0bd19",
        isTurn,
        at: AT + minute * 60_000,
        metrics: isTurn ? metrics : {},
        ...(isTurn && { outcome }),
      })),
  );
