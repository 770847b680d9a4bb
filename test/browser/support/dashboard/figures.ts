// Figures as `GET /api/langfuse/figures` tells them, made up: for what the page does with them.
import {
  DIMENSIONS,
  METRIC_NAMES,
  METRICS,
  type MetricName,
  OUTCOMES,
} from "../../../../src/protocol/figures/dimensions.ts";
import type { Distribution } from "../../../../src/protocol/figures/body/distribution.ts";
import type { Estimate, VariantBody } from "../../../../src/protocol/figures/body/experiments.ts";
import type { SessionBody } from "../../../../src/protocol/figures/body/sessions.ts";
import type { FiguresBody, GroupBody } from "../../../../src/protocol/figures/figures-body.ts";

const STEP_SECONDS = 60;
const STEPS = 60;

/** Where each quantity lies, in its unit. */
const MIDDLES: Record<MetricName, number> = {
  frontend_processing: 38,
  proxy_flush: 24,
  network: 260,
  time_to_first_token: 640,
  streaming: 4200,
  turn: 5300,
  generation: 4900,
  chunks_per_second: 21,
  tokens_per_second: 58,
};

/** Bell-shaped on a logarithmic scale around its middle. */
export function distribution(middle: number, count: number): Distribution {
  const from = middle / 5;
  const bars = 30;
  const ratio = 25 ** (1 / bars);
  const weights = Array.from({ length: bars }, (_, i) => Math.exp(-(((i - 13) / 6) ** 2)));
  const sum = weights.reduce((all, one) => all + one, 0);
  return {
    count,
    mean: middle * 1.1,
    min: from,
    max: middle * 5,
    p50: middle,
    p90: middle * 1.9,
    p95: middle * 2.3,
    p99: middle * 3.4,
    histogram: weights.map((weight, i) => ({
      from: from * ratio ** i,
      to: from * ratio ** (i + 1),
      count: Math.round((weight / sum) * count),
    })),
  };
}

const wave = (i: number, size: number): number => 1 + Math.sin(i / 5 + size) * 0.15;

export function group(value: string, turns: number, factor = 1): GroupBody {
  const each = <T>(read: (name: MetricName) => T): Record<MetricName, T> =>
    Object.fromEntries(METRIC_NAMES.map((name) => [name, read(name)])) as Record<MetricName, T>;
  const times = Array.from({ length: STEPS }, (_, i) => i);
  const metric = (name: MetricName) => {
    const at = (quantile: number) =>
      times.map((i) =>
        i > 40 && i < 44 ? null : MIDDLES[name] * factor * quantile * wave(i, quantile),
      );
    return {
      count: times.map(() => Math.round(turns / STEPS)),
      p50: at(1),
      p90: at(1.9),
      p99: at(3.4),
    };
  };
  const failed = Math.round(turns * 0.03);
  return {
    value,
    turns,
    outcomes: {
      ...(Object.fromEntries(OUTCOMES.map((name) => [name, 0])) as GroupBody["outcomes"]),
      completed: turns - failed,
      failed,
    },
    errors: failed + 4,
    tokens: { input: turns * 820, output: turns * 240, total: turns * 1060 },
    cost: turns * 0.0042,
    unpriced: 0,
    users: Math.round(turns / 3),
    metrics: each((name) =>
      distribution(MIDDLES[name] * (METRICS[name] === "ms" ? factor : 1 / factor), turns),
    ),
    series: {
      turns: times.map((i) => Math.round((turns / STEPS) * wave(i, 2))),
      failed: times.map((i) => (i % 9 === 0 ? 1 : 0)),
      errors: times.map((i) => (i % 9 === 0 ? 2 : 0)),
      tokens: times.map((i) => Math.round((turns / STEPS) * 1060 * wave(i, 2))),
      cost: times.map((i) => (turns / STEPS) * 0.0042 * wave(i, 2)),
      metrics: each(metric),
    },
  };
}

const estimate = (n: number, value: number, half: number): Estimate =>
  n < 30
    ? { n, value, low: null, high: null, enough: false }
    : { n, value, low: value - half, high: value + half, enough: true };

const variant = (name: string, turns: number, wait: number, score: number): VariantBody => ({
  variant: name,
  turns,
  outcomes: group("", turns).outcomes,
  completed: estimate(turns, 0.96, 0.02),
  timeToFirstToken: estimate(turns, wait, wait * 0.05),
  turn: estimate(turns, wait * 8, wait * 0.6),
  cost: estimate(turns, 0.0042, 0.0003),
  tokens: estimate(turns, 1060, 40),
  scores: { "user-feedback": estimate(Math.round(turns / 4), score, 0.06) },
  categories: {},
});

/** `hostile`: a text for every name that comes from a page. `by`: what is asked for. */
export function figures(hostile?: string, by?: string | null): FiguresBody {
  const named = (name: string): string => hostile ?? name;
  const first = Math.floor(Date.now() / 60_000) * 60 - STEPS * STEP_SECONDS;
  const times = Array.from({ length: STEPS }, (_, i) => first + i * STEP_SECONDS);
  const total = group("", 1240);
  const assistants = [
    group(named("Research Assistant"), 700),
    group("Claude Helper", 400, 1.3),
    group("Travel Planner", 140, 0.8),
  ];
  const session = (hash: string, turns: number, wait: number): SessionBody => ({
    session: hash,
    assistant: named("Research Assistant"),
    turns,
    failed: turns > 5 ? 1 : 0,
    errors: turns > 5 ? 2 : 0,
    tokens: 900 * turns,
    cost: 0.004 * turns,
    timeToFirstToken: { count: turns, mean: wait * 0.8, p50: wait * 0.7, max: wait },
    turn: { count: turns, mean: wait * 3, p50: wait * 3, max: wait * 4 },
    lastSeen: isoOf(58),
    latestTrace: "b2da82a90f74a406596bb57639b0bd19",
  });
  const isoOf = (i: number): string => new Date((times[i] ?? 0) * 1000).toISOString();
  const rows = (names: readonly string[]) =>
    names.map((value, i) => ({
      value,
      turns: 600 / (i + 1),
      tokens: { input: 480_000 / (i + 1), output: 140_000 / (i + 1), total: 620_000 / (i + 1) },
      cost: 3.2 / (i + 1),
      unpriced: 0,
    }));
  return {
    at: new Date().toISOString(),
    from: isoOf(0),
    to: isoOf(STEPS - 1),
    step: STEP_SECONDS,
    times,
    by: null,
    since: isoOf(0),
    total,
    groups:
      by === "release"
        ? [group(named("2026.11.1"), 700, 1.35), group("2026.11.2", 540, 0.9)]
        : by
          ? assistants
          : [],
    sessions: {
      count: 310,
      complete: false,
      slowest: [session("5b0d7e21aa40c3f8", 9, 4_100), session("0f3e9a1177bc2d40", 3, 3_300)],
      latest: [session("77aa0c91d2e4b6f5", 2, 480), session("5b0d7e21aa40c3f8", 9, 4_100)],
    },
    dimensions: {
      ...(Object.fromEntries(DIMENSIONS.map((name) => [name, []])) as unknown as NonNullable<
        FiguresBody["dimensions"]
      >),
      assistant: assistants.map(({ value, turns }) => ({ value, turns })),
      model: [
        { value: named("claude-sonnet"), turns: 800 },
        { value: "gpt-mini", turns: 440 },
      ],
    },
    releases: [
      { release: named("2026.11.1"), turns: 700, firstSeen: isoOf(0), lastSeen: isoOf(40) },
      { release: "2026.11.2", turns: 540, firstSeen: isoOf(30), lastSeen: isoOf(59) },
    ],
    tools: [
      [named("search_docs"), 320, 12],
      ["clock", 90, 0],
    ].map(([name, calls, errors]) => ({
      name: String(name),
      calls: Number(calls),
      errors: Number(errors),
      duration: distribution(480, Number(calls)),
      series: {
        calls: times.map((_, i) => 5 + (i % 3)),
        errors: times.map((_, i) => (i % 12 === 0 ? 1 : 0)),
        p50: times.map((_, i) => 480 * wave(i, 1)),
        p95: times.map((_, i) => 1200 * wave(i, 2)),
      },
    })),
    experiments: [
      {
        name: named("tone"),
        variants: [
          variant("plain", 600, 640, 0.71),
          variant(named("friendly"), 590, 520, 0.86),
          variant("terse", 12, 500, 0.5),
        ],
      },
    ],
    cost: {
      days: rows(["2026-11-26", "2026-11-27", "2026-11-28"]),
      by: {
        assistant: rows([named("Research Assistant"), "Claude Helper"]),
        model: rows(["claude-sonnet", "gpt-mini", ""]),
        variant: rows(["tone:plain", "tone:friendly"]),
      },
    },
    errors: {
      groups: [
        {
          fingerprint: "8d1f0a7cc2f3e411",
          type: "TypeError",
          message: named("Cannot read properties of undefined (reading 'role')"),
          stack: `TypeError: ${named("Cannot read properties of undefined (reading 'role')")}\n    at render (https://app.example.com/chat.js:120:14)\n    at flush (https://app.example.com/vendor.js:9:4410)`,
          count: 27,
          total: 31,
          firstSeen: isoOf(3),
          lastSeen: isoOf(58),
          releases: [named("2026.11.2"), "2026.11.1"],
          assistants: [named("Research Assistant")],
          exampleTrace: "b2da82a90f74a406596bb57639b0bd19",
          series: times.map((_, i) => (i % 4 === 0 ? 2 : 0)),
        },
      ],
      other: 0,
    },
    delivery: {
      accepted: 92_000,
      delivered: 91_960,
      pending: 28,
      dead: 4,
      dropped: { expired: 8 },
      balance: 0,
      oldestPending: { since: isoOf(59), ageSeconds: 2.1 },
      deadLetters: { total: 4, byReason: { refused: 4 } },
      langfuse: [
        {
          kind: "observation",
          requests: 410,
          answers: { delivered: 406, timeout: 3, unavailable: 1 },
          latency: distribution(210, 410),
          series: {
            requests: times.map((_, i) => 6 + (i % 3)),
            failed: times.map((_, i) => (i === 20 ? 3 : 0)),
            p50: times.map((_, i) => 210 * wave(i, 3)),
            p99: times.map((_, i) => 800 * wave(i, 4)),
          },
        },
      ],
      alive: { sessions: 182, objects: 190 },
    },
  };
}
