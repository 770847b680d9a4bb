// Ids in requests that go on to Langfuse: what clients call a trace or an observation is called otherwise there.
// Pure. An observation's id is that of its trace, so it is translated only where both stand together.
import { langfuseTraceId, type TraceIdFormat } from "../../../protocol/ids.ts";
import { isObject } from "../../../protocol/wire.ts";
import { observationNamed } from "../events/ids.ts";
import { replaceMembers } from "./replace-members.ts";

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

/**
 * The same of a body, which keeps every byte beside the ids; what is no JSON object stays as it is.
 * @throws SyntaxError where it is no JSON
 */
export function translateBody(text: string, format: TraceIdFormat): string {
  const body: unknown = JSON.parse(text);
  if (!isObject(body)) return text;
  const { traceId } = body;
  const trace = isText(traceId) ? langfuseTraceId(traceId, format) : undefined;
  return replaceMembers(text, (member, value, isInList) => {
    if (isInList) return member === "traceIds" ? langfuseTraceId(value, format) : undefined;
    if (trace === undefined || value === "") return undefined;
    if (member === "traceId") return langfuseTraceId(value, format);
    return member === "observationId" ? observationNamed(trace, value) : undefined;
  });
}

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

function translated(encoded: string, format: TraceIdFormat): string {
  try {
    return encodeURIComponent(langfuseTraceId(decodeURIComponent(encoded), format));
  } catch {
    return encoded;
  }
}
