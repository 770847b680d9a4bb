// Actions as a client sends them.
export const RAW = "ui2-1671234567890-abc123";
export const SPAN = { action: "create_span", data: { traceId: RAW, spanId: "x" } };
export const SCORE = { action: "create_score", data: { sessionId: "s", name: "n", value: 1 } };
