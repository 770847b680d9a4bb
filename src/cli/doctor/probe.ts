// One request of the doctor's and what came back, whatever it was: nothing here is an error. Never follows a
// redirect, since the credentials would go along.

export interface Probe {
  /** 0 where nothing answered. */
  status: number;
  /** Where it was a JSON object. */
  body?: Readonly<Record<string, unknown>>;
  headers: Headers;
  /** Why nothing answered. */
  error?: string;
}

const TIMEOUT_MS = 15_000;

export async function probe(
  fetch: typeof globalThis.fetch,
  url: string,
  init: RequestInit = {},
): Promise<Probe> {
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const response = await fetch(url, { redirect: "manual", signal, ...init });
    const { status, headers } = response;
    const body = objectOf(await response.text());
    return { status, headers, ...(body && { body }) };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const why = cause instanceof Error ? cause.message || cause.name : String(cause);
    return { status: 0, headers: new Headers(), error: why };
  }
}

/** The code of an edge's refusal. */
export function codeOf({ body }: Probe): string | undefined {
  const { error, code } = (body ?? {}) as { error?: unknown; code?: unknown };
  const own = typeof error === "object" && error !== null && "code" in error ? error.code : code;
  return typeof own === "string" ? own : undefined;
}

/** A list of texts in its body; empty where there is none. */
export function listOf(answer: Probe | undefined, name: string): string[] {
  const list = answer?.body?.[name];
  return Array.isArray(list) ? list.map(String) : [];
}

function objectOf(text: string): Record<string, unknown> | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
