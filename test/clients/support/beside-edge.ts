// The built Worker with a Langfuse behind it, for a client in front of it.
import { type RunningEdge, startEdge } from "../../support/edge-process.ts";
import { basic, keyVars } from "../../support/post.ts";
import { recordingLangfuse } from "../../support/recording-langfuse.ts";
import { until } from "../../support/until.ts";
import type { Arrived, Client, Recorded } from "./client-type.ts";

/** Soon, so that a test need not wait; what is late in a client's time is not in these. */
const SOON = { TRACE_IDLE_SECONDS: "2", LANGFUSE_FLUSH_INTERVAL: "1" };

export interface BesideEdge {
  edge: RunningEdge;
  /** What Langfuse has when all is there; the client's own check of it is made. */
  arrived: () => Promise<Arrived>;
  stop: () => Promise<void>;
}

export async function besideEdge(client: Client): Promise<BesideEdge> {
  const langfuse = await recordingLangfuse();
  langfuse.behave(({ path }) => {
    const body = client.reads?.[path];
    if (body === undefined) return "ok";
    const headers = { "content-type": "application/json" };
    return { status: 200, body: JSON.stringify(body), headers };
  });
  const edge = await startEdge({ vars: { ...keyVars(langfuse.url), ...SOON, ...client.vars } });
  const now = (): Arrived => ({ spans: langfuse.spans(), scores: langfuse.scores() });
  return {
    edge,
    arrived: async () => {
      await until(() => client.isComplete(now()), 30_000).catch(() => undefined);
      client.check(now());
      return now();
    },
    stop: async () => {
      await edge.stop();
      await langfuse.close();
    },
  };
}

/** Sends what a client has sent, one request after the other. */
export async function replay(edge: string, requests: readonly Recorded[]): Promise<number[]> {
  const statuses: number[] = [];
  for (const { method, path, headers, body, encoding } of requests) {
    const answer = await fetch(edge + path, {
      method,
      headers: { ...headers, authorization: basic() },
      ...(body !== "" && { body: Buffer.from(body, encoding ?? "utf8") }),
    });
    await answer.arrayBuffer();
    statuses.push(answer.status);
  }
  return statuses;
}
