// Ids in requests that go on to Langfuse: what clients call a trace or an observation is called otherwise there.
// Pure. An observation's id is that of its trace, so it is translated only where both stand together.
import { langfuseTraceId, type TraceIdFormat } from "../../../protocol/ids.ts";
import { isObject } from "../../../protocol/wire.ts";
import { observationNamed } from "../events/ids.ts";

const API = "/api/public";
/** Reads whose query may name a trace, and an observation in it. */
const QUERIES = /^\/api\/public\/(?:v[23]\/)?(?:scores|observations|dataset-run-items)$/;
const TRACE_PATH = /^\/api\/public\/traces\/([^/]+)$/;
/** Writes that name a trace, and an observation in it, in their body. */
const BODIES: ReadonlySet<string> = new Set([`${API}/media`, `${API}/dataset-run-items`]);

export function hasIdsInBody(method: string, pathname: string): boolean {
  const isDeletion = method === "DELETE" && pathname === `${API}/traces`;
  return isDeletion || (method === "POST" && BODIES.has(pathname));
}

/** The path and query as Langfuse is to have them. */
export function translateUrl({ pathname, search }: URL, format: TraceIdFormat): string {
  const [, encoded] = TRACE_PATH.exec(pathname) ?? [];
  if (encoded !== undefined) return `${API}/traces/${translated(encoded, format)}${search}`;
  if (!QUERIES.test(pathname) || search === "") return pathname + search;
  const query = new URLSearchParams(search);
  const trace = query.get("traceId");
  if (trace === null || trace === "") return pathname + search;
  const langfuse = langfuseTraceId(trace, format);
  query.set("traceId", langfuse);
  for (const field of ["observationId", "parentObservationId"]) {
    const observation = query.get(field);
    if (observation) query.set(field, observationNamed(langfuse, observation));
  }
  return `${pathname}?${query.toString()}`;
}

/** The same of a body's JSON; anything else stays as it is. */
export function translateBody(body: unknown, format: TraceIdFormat): unknown {
  if (!isObject(body)) return body;
  const { traceIds } = body;
  if (Array.isArray(traceIds)) {
    const ids: unknown[] = traceIds;
    const translatedIds = ids.map((id) =>
      typeof id === "string" ? langfuseTraceId(id, format) : id,
    );
    return { ...body, traceIds: translatedIds };
  }
  if (typeof body["traceId"] !== "string" || body["traceId"] === "") return body;
  const traceId = langfuseTraceId(body["traceId"], format);
  const { observationId } = body;
  const isNamed = typeof observationId === "string" && observationId !== "";
  return {
    ...body,
    traceId,
    ...(isNamed && { observationId: observationNamed(traceId, observationId) }),
  };
}

function translated(encoded: string, format: TraceIdFormat): string {
  try {
    return encodeURIComponent(langfuseTraceId(decodeURIComponent(encoded), format));
  } catch {
    return encoded;
  }
}
