// Turns of a lively project, as consumers tell of them to its figures. Pure.
import type { TurnFigures } from "../../src/protocol/figures/turn-figures.ts";

const COUNTRIES = ["DE", "FR", "US", "GB", "IN", "BR", "JP", "NL"];

/** The `n`th turn: with a model, a tool, two scores' worth of names, and now and then an error. */
export function livelyTurn(n: number, at: number): TurnFigures {
  const ttft = 200 + ((n * 7919) % 1800);
  return {
    trace: `trace-${n}`,
    isTurn: true,
    at,
    assistant: `Assistant ${n % 4}`,
    session: `session-${n % 2000}`,
    user: `user-${n % 900}`,
    model: n % 3 === 0 ? "claude-sonnet-5" : "gpt-6",
    release: "web-7",
    environment: "production",
    country: COUNTRIES[n % COUNTRIES.length] ?? "DE",
    source: "frontend-click",
    variants: { tone: n % 2 === 0 ? "dry" : "warm" },
    outcome: n % 50 === 0 ? "failed" : "completed",
    metrics: {
      frontend_processing: 5 + (n % 30),
      proxy_flush: 3 + (n % 10),
      network: 80 + (n % 400),
      time_to_first_token: ttft,
      streaming: 1000 + ((n * 104_729) % 9000),
      turn: ttft + 1200 + ((n * 104_729) % 9000),
      chunks_per_second: 10 + (n % 40),
      tokens_per_second: 20 + (n % 80),
    },
    generations: [
      {
        model: n % 3 === 0 ? "claude-sonnet-5" : "gpt-6",
        ms: 2000,
        input: 900,
        output: 300,
        total: 1200,
        cost: 0.004,
      },
    ],
    ...(n % 3 === 0 && { tools: [{ name: "search", ms: 100 + (n % 900) }] }),
    ...(n % 50 === 0 && {
      errors: [{ fingerprint: "0011223344556677", type: "TypeError", message: "m", count: 1 }],
    }),
  };
}
