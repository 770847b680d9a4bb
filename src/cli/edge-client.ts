// An edge as the command asks it: by its address, with the project's keys from the environment. Keys are never
// arguments (a process list shows those), and never in what is printed.
import { EDGE_VERSION } from "../protocol/version.ts";
import { CommandError, EXIT } from "./exit-codes.ts";
import type { Shell } from "./shell.ts";

const API = "/api/langfuse";
const TIMEOUT_MS = 60_000;

export interface EdgeAnswer<Body> {
  body: Body;
  /** As it came. */
  json: string;
}

export interface EdgeClient {
  /** @param path below `/api/langfuse` */
  ask: <Body>(path: string, how?: AskOptions) => Promise<EdgeAnswer<Body>>;
  origin: string;
  hasKeys: boolean;
}

export interface AskOptions {
  method?: "GET" | "POST" | "DELETE";
  query?: Readonly<Record<string, string | number | readonly string[] | undefined>>;
  body?: object;
}

/**
 * @param url as given, else LANGFUSE_EDGE_URL
 * @param needsKeys whether nothing can be asked without them
 */
export function edgeClient(
  { env, fetch }: Pick<Shell, "env" | "fetch">,
  url: string | undefined,
  needsKeys: boolean,
): EdgeClient {
  const origin = originOf(url ?? env["LANGFUSE_EDGE_URL"]);
  const authorization = keysIn(env, needsKeys);
  return {
    origin,
    hasKeys: authorization !== undefined,
    ask: async <Body>(path: string, { method = "GET", query = {}, body }: AskOptions = {}) => {
      const target = new URL(`${origin}${API}${path}`);
      for (const [name, value] of Object.entries(query)) {
        for (const one of [value ?? []].flat()) target.searchParams.append(name, String(one));
      }
      const headers: Record<string, string> = {
        accept: "application/json",
        "user-agent": `langfuse-edge-cli/${EDGE_VERSION}`,
        ...(authorization !== undefined && { authorization }),
        ...(body !== undefined && { "content-type": "application/json" }),
      };
      const response = await send(fetch, target, {
        method,
        headers,
        redirect: "manual",
        signal: AbortSignal.timeout(TIMEOUT_MS),
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      return read<Body>(response, origin);
    },
  };
}

async function send(
  fetch: Shell["fetch"],
  target: URL,
  init: RequestInit,
): Promise<Pick<Response, "status" | "text">> {
  try {
    return await fetch(target, init);
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const why = cause instanceof Error ? cause.message || cause.name : String(cause);
    throw new CommandError(EXIT.unreachable, `${target.origin} does not answer: ${why}`);
  }
}

async function read<Body>(
  response: Pick<Response, "status" | "text">,
  origin: string,
): Promise<EdgeAnswer<Body>> {
  const { status } = response;
  const json = await response.text();
  const body = parse(json);
  if (status >= 200 && status < 300 && body !== undefined) return { body: body as Body, json };
  const { code, message } = errorIn(body);
  if (code === undefined) {
    const what = `${origin} answers HTTP ${status}, and not as an edge does`;
    throw new CommandError(EXIT.unreachable, `${what}: is the URL right?`);
  }
  const words = `${code}: ${message ?? `HTTP ${status}`}`;
  if (status === 401 || status === 403) throw new CommandError(EXIT.refused, words);
  if (status === 404 && isOwnNotFound(message)) throw new CommandError(EXIT.notFound, words);
  if (status === 404) {
    const older = "this edge does not know the command; it may be of an earlier version";
    throw new CommandError(EXIT.unreachable, older);
  }
  if (code.endsWith("not_configured")) {
    const how = `npx langfuse-edge doctor --url ${origin}`;
    throw new CommandError(EXIT.attention, `${words}\nwhat is to be set, and where: ${how}`);
  }
  if (status >= 500) throw new CommandError(EXIT.unreachable, words);
  throw new CommandError(EXIT.usage, words);
}

/** An edge that lacks the route itself says which routes there are. */
function isOwnNotFound(message: string | undefined): boolean {
  return message?.startsWith("there is only") !== true;
}

function errorIn(body: unknown): { code?: string; message?: string } {
  const { error } = (body ?? {}) as { error?: { code?: string; message?: string } };
  return error ?? {};
}

function parse(text: string): object | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** An address with or without the API's path, or without its scheme. */
function originOf(given: string | undefined): string {
  if (given === undefined || given.trim() === "") {
    throw new CommandError(EXIT.usage, "say where the edge is: --url <url>, or LANGFUSE_EDGE_URL");
  }
  const text = given.trim();
  const local = /^(localhost|127\.|\[::1\])/.test(text) ? "http" : "https";
  const whole = /^[a-z]+:\/\//i.test(text) ? text : `${local}://${text}`;
  if (!URL.canParse(whole) || !/^https?:/i.test(whole)) {
    throw new CommandError(EXIT.usage, "that is no URL of an edge");
  }
  const url = new URL(whole);
  if (url.username !== "" || url.password !== "") {
    const how = "set LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY";
    throw new CommandError(EXIT.usage, `keys do not belong into the URL: ${how}`);
  }
  const path = url.pathname.replace(/\/api\/langfuse(\/.*)?$/, "").replace(/\/+$/, "");
  return `${url.origin}${path}`;
}

/** The project's keys of the environment, as a header; undefined without them. */
export function authorizationIn(env: Shell["env"]): string | undefined {
  const publicKey = env["LANGFUSE_PUBLIC_KEY"]?.trim();
  const secretKey = env["LANGFUSE_SECRET_KEY"]?.trim();
  if (!publicKey || !secretKey) return undefined;
  return `Basic ${Buffer.from(`${publicKey}:${secretKey}`, "utf8").toString("base64")}`;
}

function keysIn(env: Shell["env"], needed: boolean): string | undefined {
  const authorization = authorizationIn(env);
  if (authorization !== undefined || !needed) return authorization;
  const names = "LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY";
  throw new CommandError(EXIT.usage, `set ${names} in the environment: the project's keys`);
}
