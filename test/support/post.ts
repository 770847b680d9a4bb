// Requests as a client of the edge makes them.
export const KEYS = { publicKey: "pk-lf-test", secretKey: "sk-lf-test" };
export const basic = (publicKey = KEYS.publicKey, secretKey = KEYS.secretKey): string =>
  `Basic ${btoa(`${publicKey}:${secretKey}`)}`;

export const keyVars = (baseUrl: string): Record<string, string> => ({
  LANGFUSE_PUBLIC_KEY: KEYS.publicKey,
  LANGFUSE_SECRET_KEY: KEYS.secretKey,
  LANGFUSE_BASE_URL: baseUrl,
});

export interface Answer {
  status: number;
  body: Record<string, unknown>;
  headers: Headers;
}

/** Posts to the edge as a server that holds the keys. */
export async function post(
  edge: string,
  body: unknown,
  headers: Record<string, string> = { authorization: basic() },
): Promise<Answer> {
  const response = await fetch(`${edge}/api/langfuse/trace`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  return {
    status: response.status,
    body: await response.json<Record<string, unknown>>(),
    headers: response.headers,
  };
}

/** A chat turn of the seed, as single actions. */
export function seedTurn(traceId: string, sessionId: string) {
  const now = Date.now();
  const at = (ms: number): string => new Date(now + ms).toISOString();
  return [
    {
      action: "create_trace",
      data: {
        traceId,
        name: "Claude Assistant",
        sessionId,
        userId: "ada@example.com",
        metadata: { assistantId: "asst_123456", source: "frontend-click", messageLength: 5 },
        input: { message: "hello" },
        timestamp: at(0),
      },
    },
    {
      action: "create_span",
      data: { traceId, spanId: "ui", name: "frontend-ui-processing", startTime: at(1) },
    },
    { action: "end_span", data: { traceId, spanId: "ui", endTime: at(12) } },
    { action: "flush" },
    {
      action: "create_span",
      data: { traceId, spanId: "call", name: "frontend-backend-api-call", startTime: at(15) },
    },
    {
      action: "create_generation",
      data: {
        traceId,
        generationId: "stream",
        name: "streaming-response",
        model: "claude-sonnet",
        startTime: at(20),
        completionStartTime: at(234),
      },
    },
    {
      action: "update_generation",
      data: { traceId, generationId: "stream", metadata: { chunks: 10 } },
    },
    {
      action: "end_generation",
      data: {
        traceId,
        generationId: "stream",
        output: "hi there",
        usage: { input: 3, output: 7, total: 10 },
        endTime: at(2800),
      },
    },
    { action: "end_span", data: { traceId, spanId: "call", endTime: at(2810) } },
    {
      action: "end_trace",
      data: { traceId, output: "hi there", metadata: { latencies: { trace_created: 1.2 } } },
    },
  ];
}
