// Turns as the edge tells a watcher of them, made up.
import type { LiveTurn } from "../../../../src/protocol/live.ts";

/** One that began then, with what the browser library makes; `more` says how it differs. */
export function liveTurn(key: string, startTime: number, more: Partial<LiveTurn> = {}): LiveTurn {
  const traceId = Buffer.from(key.padEnd(16, "-")).toString("hex");
  const end = more.endTime;
  const ended = end === undefined ? {} : { endTime: end };
  return {
    traceId,
    state: "open",
    name: "Assistant",
    startTime,
    observations: [
      {
        id: `${key}-root`,
        root: true,
        type: "span",
        name: more.name ?? "Assistant",
        startTime,
        ...ended,
      },
      {
        id: `${key}-ui`,
        parentId: `${key}-root`,
        type: "span",
        name: "frontend-ui-processing",
        startTime,
        endTime: startTime + 40,
      },
      {
        id: `${key}-stream`,
        parentId: `${key}-root`,
        type: "generation",
        name: "streaming-response",
        startTime: startTime + 50,
        firstTokenTime: startTime + 600,
        chunks: 20,
        ...ended,
      },
    ],
    ...more,
  };
}
