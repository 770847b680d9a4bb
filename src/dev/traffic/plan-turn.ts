// One turn of a simulated user: who asks what, how long each part takes, and how it ends. Pure: chance is an argument.
import {
  type Assistant,
  ASSISTANTS,
  ENVIRONMENTS,
  FAILURES,
  LAYOUTS,
  type Model,
  PAGE_ERRORS,
  type PageError,
  RELEASES,
  TONES,
  type Tool,
  USERS,
} from "./cast.ts";
import type { Random } from "./random.ts";

export interface User {
  id: string;
  sessionId: string;
  clientId: string;
  variants: { tone: string; layout: string };
  environment: string;
  assistant: Assistant;
  /** Turns that the session still has. */
  turnsLeft: number;
  /** The next number of the client's actions. */
  seq: number;
}

export interface PlannedTool {
  tool: Tool;
  id: string;
  /** ms since the click. */
  beginsAt: number;
  ms: number;
  fails: boolean;
}

export interface TurnPlan {
  key: string;
  user: User;
  release: string;
  model: Model;
  question: string;
  /** Milestones, ms since the click. */
  at: { request: number; flushed: number; response: number; firstToken: number; end: number };
  chunks: number;
  tools: PlannedTool[];
  outcome: "completed" | "stopped" | "failed";
  failure?: string;
  pageError?: PageError;
  /** The user's word on the answer, if there is one, ms after the end. */
  feedback?: { helpful: boolean; afterMs: number };
  tokens: { input: number; output: number };
}

export function newUser(random: Random): User {
  const assistant = random.pickWeighted(ASSISTANTS);
  return {
    id: random.pick(USERS),
    sessionId: `chat-${random.hex(8)}`,
    clientId: random.hex(16),
    variants: { tone: random.pick(TONES), layout: random.pick(LAYOUTS) },
    environment: random.pickWeighted(ENVIRONMENTS).name,
    assistant,
    turnsLeft: 1 + random.below(5),
    seq: 0,
  };
}

/** `progress`: how much of the hour is over, 0 to 1. */
export function planTurn(random: Random, user: User, progress: number): TurnPlan {
  const { assistant, variants } = user;
  const release = RELEASES.findLast(({ since }) => progress >= since) ?? RELEASES[0];
  const model = random.pickWeighted(assistant.models);
  const request = random.around(38, 0.35);
  const response = request + random.around(170 * release.speed, 0.3);
  const tools = random.chance(assistant.usesTools) ? planTools(random, assistant, response) : [];
  const toolsEnd = tools.reduce((end, { beginsAt, ms }) => Math.max(end, beginsAt + ms), response);
  // The friendly tone is a shorter prompt.
  const tone = variants.tone === "friendly" ? 0.85 : 1;
  const wait = random.around(model.firstTokenMs * release.speed * tone, 0.4);
  const firstToken = Math.max(response + 5, request + wait, toolsEnd);
  const chunks = 12 + random.below(90);
  const end = firstToken + (chunks / random.around(model.chunksPerSecond, 0.15)) * 1000;
  const outcome = random.chance(0.035) ? "failed" : random.chance(0.05) ? "stopped" : "completed";
  const isCut = outcome !== "completed";
  const part = isCut ? 0.2 + random.next() * 0.6 : 1;
  const error = random.chance(0.03) ? random.pickWeighted(PAGE_ERRORS) : undefined;
  const liked = variants.tone === "friendly" ? 0.86 : 0.71;
  return {
    key: random.hex(8),
    user,
    release: release.name,
    model,
    question: random.pick(assistant.questions),
    at: {
      request,
      flushed: request + random.around(22, 0.4),
      response,
      firstToken,
      end: firstToken + (end - firstToken) * part,
    },
    chunks: Math.max(1, Math.round(chunks * part)),
    tools,
    outcome,
    ...(outcome === "failed" && { failure: random.pick(FAILURES) }),
    ...(error !== undefined &&
      (error.release ?? release.name) === release.name && { pageError: error }),
    ...(outcome === "completed" &&
      random.chance(0.3) && {
        feedback: { helpful: random.chance(liked), afterMs: random.around(4000, 0.5) },
      }),
    tokens: {
      input: Math.round(random.around(tools.length > 0 ? 1900 : 620, 0.4)),
      output: Math.round(chunks * part * 2.6),
    },
  };
}

function planTools(random: Random, assistant: Assistant, from: number): PlannedTool[] {
  let at = from + random.around(180, 0.4);
  return Array.from({ length: 1 + random.below(2) }, () => {
    const tool = random.pickWeighted(assistant.tools);
    const ms = random.around(tool.ms, 0.5);
    const planned = {
      tool,
      id: random.hex(16),
      beginsAt: at,
      ms,
      fails: random.chance(tool.fails),
    };
    at += ms + 20;
    return planned;
  });
}
