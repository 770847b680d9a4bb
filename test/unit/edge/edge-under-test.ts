// The edge with objects that only write down what they are asked: what the edge does with its calls
// is shown here, what objects do with them elsewhere.
import type { HealthState } from "../../../src/protocol/health-calls.ts";
import type { AppendAnswer, AppendRequest } from "../../../src/protocol/session/append-calls.ts";
import { accessControl, openAccess } from "../../../src/edge/access/policy.ts";
import type { KeySetShell } from "../../../src/edge/access/key-set.ts";
import { rateLimiting } from "../../../src/edge/access/rate-limits.ts";
import { createApp, TRACE_PATH } from "../../../src/edge/app.ts";
import { BodyBudget } from "../../../src/edge/body-budget.ts";
import type { EdgeDeps } from "../../../src/edge/edge-deps.ts";
import { readSettings } from "../../../src/settings/index.ts";
import { NOW } from "./interpret/interpreting.ts";

export const KEYS = { LANGFUSE_PUBLIC_KEY: "pk-secret-1", LANGFUSE_SECRET_KEY: "sk-secret-1" };
export const BASIC = `Basic ${Buffer.from("pk-secret-1:sk-secret-1").toString("base64")}`;
const DEV = { publicKey: "pk-dev", secretKey: "sk-dev", baseUrl: "http://127.0.0.1" };

const NOTHING_HELD = { actions: 0, open: 0, pending: 0, dead: 0, inFlight: 0, until: 0, left: 0 };

/** Nobody outside is asked for anything. */
export const shellAt = (now: () => number): KeySetShell => ({
  now,
  send: () => Promise.reject(new Error("nobody is there")),
  wait: () => Promise.reject(new Error("nothing to wait for")),
});

export interface EdgeUnderTest {
  app: ReturnType<typeof createApp>;
  /** Calls of objects, in order. */
  appends: { object: string; request: AppendRequest }[];
  asked: string[];
  post: (body: unknown, headers?: Record<string, string>) => Promise<ReadAnswer>;
}
export interface ReadAnswer {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
}

export function edgeUnderTest(
  options: {
    env?: Record<string, unknown>;
    open?: boolean;
    answer?: (request: AppendRequest, object: string) => AppendAnswer;
    health?: () => HealthState;
    deps?: Partial<EdgeDeps>;
  } = {},
): EdgeUnderTest {
  const settings = readSettings(options.env ?? KEYS);
  const appends: EdgeUnderTest["appends"] = [];
  const asked: string[] = [];
  const answer =
    options.answer ??
    ((request: AppendRequest): AppendAnswer => ({
      results: [...request.actions, ...(request.spans?.items ?? [])].map(() => ({
        status: "accepted",
      })),
      pending: request.actions.length,
      sealed: 0,
    }));
  const app = createApp({
    settings,
    ...(options.open === false
      ? accessControl(
          settings,
          shellAt(() => NOW),
        )
      : openAccess(
          settings,
          DEV,
          shellAt(() => NOW),
        )),
    sessionFor: (object) => ({
      append: async (request) => {
        appends.push({ object, request });
        return answer(request, object);
      },
      pending: async () => {
        asked.push(object);
        return { pending: 7, sealed: 2 };
      },
      deleteSession: () => Promise.reject(new Error("nobody may")),
    }),
    health: () => ({
      report: () => Promise.reject(new Error("nothing is told")),
      read: async () => options.health?.() ?? { pending: 0, delivered: 0, dead: 0, failures: 0 },
    }),
    lettersOf: () => {
      throw new Error("nobody may");
    },
    objectId: (name) => name,
    ledger: () => ({
      books: () => Promise.reject(new Error("nobody asks")),
      deadLetters: () => Promise.reject(new Error("nobody asks")),
      forgetLetters: () => Promise.reject(new Error("nobody asks")),
    }),
    door: { refused: () => {}, givenUp: () => {} },
    heldTraces: async () => ({ traces: [] }),
    forgetIn: async (object) => ({ object, ...NOTHING_HELD }),
    tracesIn: async (_object, observations) => observations.map(() => null),
    census: { count: () => {} },
    relay: () => Promise.reject(new Error("nothing goes on")),
    queue: { problem: () => undefined },
    rateLimiting: rateLimiting({}, settings.limits.rates),
    bodies: { budget: new BodyBudget(), now: () => NOW },
    now: () => NOW,
    ...options.deps,
  });
  const post: EdgeUnderTest["post"] = async (body, headers = {}) => {
    const response = await app.request(TRACE_PATH, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
    return readAnswer(response);
  };
  return { app, appends, asked, post };
}

export async function readAnswer(response: Response): Promise<ReadAnswer> {
  const text = await response.text();
  const body = text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
  return { status: response.status, headers: response.headers, body };
}
