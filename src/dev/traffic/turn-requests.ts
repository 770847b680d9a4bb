// A planned turn as the requests that a page with the browser library would send: the same actions, names and
// metadata, each with its own time. Pure.
import type { Json } from "../../protocol/json/safe.ts";
import { ANSWER } from "./cast.ts";
import type { PlannedTool, TurnPlan } from "./plan-turn.ts";

export interface TrafficAction {
  action: string;
  data: { [field: string]: Json };
}

export interface TrafficRequest {
  /** When it is sent, ms since the click. */
  atMs: number;
  actions: TrafficAction[];
}

/** Progress is told so often, in chunks. */
const PROGRESS_CHUNKS = 10;

/** `clickedAt`: epoch ms. */
export function turnRequests(plan: TurnPlan, clickedAt: number): TrafficRequest[] {
  const { key, at } = plan;
  const traceId = `ui2-${Math.floor(clickedAt)}-${key}`;
  const time = (ms: number): string => new Date(clickedAt + ms).toISOString();
  const ui = { traceId, spanId: `${key}-ui` };
  const call = { traceId, spanId: `${key}-call` };
  const stream = { traceId, generationId: `${key}-stream` };
  const requests: TrafficRequest[] = [
    {
      atMs: at.request,
      actions: [
        { action: "create_trace", data: { traceId, timestamp: time(0), ...beginning(plan) } },
        {
          action: "create_span",
          data: { ...ui, name: "frontend-ui-processing", startTime: time(0) },
        },
        { action: "end_span", data: { ...ui, endTime: time(at.request) } },
        {
          action: "create_span",
          data: { ...call, name: "frontend-backend-api-call", startTime: time(at.request) },
        },
        { action: "flush", data: { traceId } },
      ],
    },
    {
      atMs: at.response,
      actions: [
        {
          action: "end_span",
          data: { ...call, endTime: time(at.response), output: { status: 200 } },
        },
        {
          action: "create_generation",
          data: {
            ...stream,
            name: "streaming-response",
            startTime: time(at.request),
            model: plan.model.name,
            input: plan.question,
          },
        },
      ],
    },
    ...plan.tools.flatMap((tool) => toolRequests(traceId, tool, time)),
    {
      atMs: at.firstToken,
      actions: [
        {
          action: "update_generation",
          data: { ...stream, completionStartTime: time(at.firstToken) },
        },
      ],
    },
  ];
  for (let chunks = PROGRESS_CHUNKS; chunks < plan.chunks; chunks += PROGRESS_CHUNKS) {
    const atMs = at.firstToken + (at.end - at.firstToken) * (chunks / plan.chunks);
    const metadata = progress(plan, chunks, atMs);
    requests.push({
      atMs,
      actions: [{ action: "update_generation", data: { ...stream, metadata } }],
    });
  }
  requests.push({ atMs: at.end, actions: ending(plan, { traceId, stream }, time) });
  if (plan.feedback !== undefined) {
    const { helpful, afterMs } = plan.feedback;
    const value = helpful ? 1 : 0;
    const score = { traceId, scoreId: `${key}-feedback`, name: "user-feedback", value };
    requests.push({
      atMs: at.end + afterMs,
      actions: [{ action: "create_score", data: { ...score, dataType: "BOOLEAN" } }],
    });
  }
  return requests.sort((a, b) => a.atMs - b.atMs);
}

function beginning({ user, release, question }: TurnPlan): TrafficAction["data"] {
  const { id, sessionId, variants, environment, assistant } = user;
  return {
    name: assistant.name,
    sessionId,
    userId: id,
    release,
    environment,
    input: { message: question },
    tags: ["traffic", `tone:${variants.tone}`, `layout:${variants.layout}`],
    metadata: {
      assistantId: assistant.id,
      assistantName: assistant.name,
      messageLength: question.length,
      source: "frontend-click",
      environment: "browser",
      experiment_tone: variants.tone,
      experiment_layout: variants.layout,
    },
  };
}

function toolRequests(
  traceId: string,
  { tool, id, beginsAt, ms, fails }: PlannedTool,
  time: (ms: number) => string,
): TrafficRequest[] {
  const { name, input } = tool;
  const failure = {
    level: "ERROR",
    statusMessage: `${name} did not answer`,
    metadata: {
      stack: `Error: ${name} did not answer\n    at call (https://app.example.com/assets/tools.js:12:3)`,
    },
  };
  const endTime = time(beginsAt + ms);
  return [
    {
      atMs: beginsAt,
      actions: [
        {
          action: "create_observation",
          data: {
            traceId,
            observationId: id,
            type: "tool",
            name,
            input,
            startTime: time(beginsAt),
          },
        },
      ],
    },
    {
      atMs: beginsAt + ms,
      actions: [
        {
          action: "end_span",
          data: { traceId, spanId: id, endTime, ...(fails ? failure : { output: { found: 3 } }) },
        },
      ],
    },
  ];
}

function progress({ at }: TurnPlan, chunks: number, now: number): { [key: string]: Json } {
  const totalMs = Math.round(now - at.request);
  return {
    chunkCount: chunks,
    chunksPerSecond: Math.round((chunks * 1e4) / totalMs) / 10,
    totalMs,
  };
}

function ending(
  plan: TurnPlan,
  { traceId, stream }: { traceId: string; stream: { traceId: string; generationId: string } },
  time: (ms: number) => string,
): TrafficAction[] {
  const { at, chunks, outcome, failure, tokens, pageError, key } = plan;
  const words = ANSWER.slice(0, Math.round((ANSWER.length * Math.min(chunks, 100)) / 100));
  const how = {
    failed: { level: "ERROR", statusMessage: failure ?? "" },
    stopped: { level: "WARNING", statusMessage: "stopped by the user" },
    completed: {},
  }[outcome];
  const latencies = {
    trace_created: 0.8,
    pre_api_flush: at.request,
    post_api_flush_success: at.flushed,
    first_backend_response: at.response,
    first_chunk_received: at.firstToken,
    ...(outcome === "completed" && { streaming_complete: at.end }),
  };
  const rounded = Object.fromEntries(
    Object.entries(latencies).map(([name, ms]) => [name, Math.round(ms * 10) / 10]),
  );
  return [
    ...(pageError === undefined ? [] : errorActions(pageError, traceId, key, time(at.end - 1))),
    {
      action: "end_generation",
      data: {
        ...stream,
        endTime: time(at.end),
        output: words,
        usage: { ...tokens, total: tokens.input + tokens.output },
        metadata: { ...progress(plan, chunks, at.end), outcome },
        ...how,
      },
    },
    {
      action: "end_trace",
      data: {
        traceId,
        endTime: time(at.end),
        output: words,
        metadata: { latencies: rounded, outcome },
        ...how,
      },
    },
  ];
}

function errorActions(
  { type, message, stack, fingerprint }: NonNullable<TurnPlan["pageError"]>,
  traceId: string,
  key: string,
  at: string,
): TrafficAction[] {
  const span = { traceId, spanId: `${key}-error` };
  return [
    {
      action: "create_span",
      data: {
        ...span,
        name: "frontend-error",
        level: "ERROR",
        startTime: at,
        statusMessage: `${type}: ${message}`,
        metadata: { type, stack, fingerprint, mechanism: "onerror", handled: false },
      },
    },
    { action: "end_span", data: { ...span, endTime: at, metadata: { count: 1 } } },
  ];
}
