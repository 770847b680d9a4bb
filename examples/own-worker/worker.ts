// A Worker of one's own: the edge, a route beside it, a filter before anything is stored, and a sample of what goes
// on to Langfuse.
import {
  createEdge,
  drop,
  type EdgeEnv,
  LiveHub,
  ProjectHealth,
  ProjectMetrics,
  refuse,
  Session,
} from "langfuse-edge/worker";

interface Env extends EdgeEnv {
  /** The share of traces that Langfuse is to have, 0 to 1. */
  SAMPLE?: string;
}

const EMPLOYEE = /\bEMP-\d{6}\b/g;

const edge = createEdge<Env>(({ SAMPLE = "1" }) => ({
  beforeStore(item, { userId, writer }) {
    if (userId?.endsWith("@test.example.com")) return drop("test_user");
    if (item.kind === "score") {
      if (writer === "browser" && item.score["name"] !== "liked")
        return refuse("only liked, from pages");
      return;
    }
    if (item.kind === "span") {
      for (const [name, value] of Object.entries(item.attributes)) {
        if (typeof value === "string")
          item.attributes[name] = value.replaceAll(EMPLOYEE, "[employee]");
      }
      return;
    }
    const { fields } = item;
    if (fields.input !== undefined) fields.input = fields.input.replaceAll(EMPLOYEE, "[employee]");
    if (fields.output !== undefined)
      fields.output = fields.output.replaceAll(EMPLOYEE, "[employee]");
  },
  beforeDelivery(item, { place }) {
    if (place >= Number(SAMPLE)) return drop("not_sampled");
    if (item.kind === "observation") item.attributes["langfuse.observation.metadata.region"] = "eu";
  },
}));

export { LiveHub, ProjectHealth, ProjectMetrics, Session };
export default {
  async fetch(request: Request, env: Env, ctx: ExecutionContext): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname === "/ready") return Response.json({ ready: true });
    return edge.fetch(request, env, ctx);
  },
  queue: (batch: MessageBatch, env: Env, ctx: ExecutionContext) => edge.queue(batch, env, ctx),
};
