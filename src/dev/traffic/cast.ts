// The cast: assistants with their models, tools and questions, users, releases, and what goes wrong. Made up.

export interface Model {
  name: string;
  weight: number;
  /** Middle of the time to the first token, ms. */
  firstTokenMs: number;
  chunksPerSecond: number;
}

export interface Tool {
  name: string;
  weight: number;
  ms: number;
  /** How often a call fails. */
  fails: number;
  input: Record<string, string>;
}

export interface Assistant {
  name: string;
  id: string;
  weight: number;
  models: readonly [Model, ...Model[]];
  tools: readonly [Tool, ...Tool[]];
  /** How often a turn calls a tool. */
  usesTools: number;
  questions: readonly [string, ...string[]];
}

export const ASSISTANTS: readonly [Assistant, ...Assistant[]] = [
  {
    name: "Research Assistant",
    id: "asst_research",
    weight: 5,
    models: [
      { name: "demo-large-2", weight: 3, firstTokenMs: 780, chunksPerSecond: 18 },
      { name: "demo-small-2", weight: 1, firstTokenMs: 340, chunksPerSecond: 34 },
    ],
    tools: [
      { name: "search_docs", weight: 4, ms: 620, fails: 0.03, input: { query: "edge proxies" } },
      { name: "read_page", weight: 2, ms: 1400, fails: 0.09, input: { page: "architecture" } },
    ],
    usesTools: 0.55,
    questions: [
      "What is an edge proxy, in two sentences?",
      "Compare queues and streams for delivery at least once.",
      "Which of our pages says how long a token lives?",
    ],
  },
  {
    name: "Claude Helper",
    id: "asst_helper",
    weight: 4,
    models: [{ name: "demo-small-2", weight: 1, firstTokenMs: 310, chunksPerSecond: 36 }],
    tools: [{ name: "clock", weight: 1, ms: 12, fails: 0, input: { zone: "UTC" } }],
    usesTools: 0.1,
    questions: [
      "Rewrite this more politely: send me the file.",
      "What time is it in Lisbon?",
      "Give me three names for a cat.",
    ],
  },
  {
    name: "Travel Planner",
    id: "asst_travel",
    weight: 2,
    models: [{ name: "demo-large-2", weight: 1, firstTokenMs: 980, chunksPerSecond: 15 }],
    tools: [
      {
        name: "find_trains",
        weight: 3,
        ms: 1900,
        fails: 0.14,
        input: { from: "Bern", to: "Wien" },
      },
      { name: "weather", weight: 2, ms: 260, fails: 0.02, input: { city: "Wien" } },
    ],
    usesTools: 0.85,
    questions: [
      "A weekend in Vienna by train, please.",
      "Is it warmer in Rome or in Lisbon next week?",
      "How do I get from Bern to Vienna by night?",
    ],
  },
];

/** `since`: the part of the hour after which it is out. The new one is faster, and has an error of its own. */
export const RELEASES = [
  { name: "2026.11.1", since: 0, speed: 1 },
  { name: "2026.11.2", since: 0.55, speed: 0.72 },
] as const;

/** Variants of two experiments: one that helps, one that does nothing. */
export const TONES = ["plain", "friendly"] as const;
export const LAYOUTS = ["narrow", "wide"] as const;

interface Environment {
  name: string;
  weight: number;
}
export const ENVIRONMENTS: readonly [Environment, ...Environment[]] = [
  { name: "production", weight: 9 },
  { name: "staging", weight: 1 },
];

export const USERS: readonly [string, ...string[]] = [
  "ada@example.com",
  "bela@example.com",
  "chidi@example.com",
  "dolores@example.com",
  "emre@example.com",
  "fatima@example.com",
  "goran@example.com",
  "hana@example.com",
  "ines@example.com",
  "joon@example.com",
];

export interface PageError {
  type: string;
  message: string;
  stack: string;
  /** 16 hex digits, as the browser library makes them. */
  fingerprint: string;
  weight: number;
  /** Only in this release. */
  release?: string;
}

const APP = "https://app.example.com/assets";
export const PAGE_ERRORS: readonly [PageError, ...PageError[]] = [
  {
    type: "TypeError",
    message: "Cannot read properties of undefined (reading 'role')",
    stack: `TypeError: Cannot read properties of undefined (reading 'role')\n    at renderMessage (${APP}/chat.js:120:14)\n    at flush (${APP}/vendor.js:9:4410)`,
    fingerprint: "8d1f0a7cc2f3e411",
    weight: 3,
    release: "2026.11.2",
  },
  {
    type: "QuotaExceededError",
    message: "The quota has been exceeded.",
    stack: `QuotaExceededError: The quota has been exceeded.\n    at saveDraft (${APP}/drafts.js:41:9)`,
    fingerprint: "2b7c11d90e5fa603",
    weight: 1,
  },
];

/** Errors of backends, in their words. */
export const FAILURES: readonly [string, ...string[]] = [
  "HTTP 503 the model is overloaded",
  "HTTP 500 upstream timed out after 30000 ms",
  "TypeError: Failed to fetch",
];

export const ANSWER =
  "An edge proxy stands near the user and speaks for a server further away. Here it keeps the secret key, takes the pieces of a turn as they happen, and writes each finished observation once.";
