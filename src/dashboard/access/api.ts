// The page's questions to the edge that served it, with the reader's token where there is one. Behind Cloudflare
// Access there is none: Access itself adds its word to each request.
import type { ReadTokenBody } from "../../protocol/live/read-access.ts";
import type { Credential } from "./fragment.ts";
import { type Problem, problemOf, refusalOf } from "./problem.ts";
import type { TokenStore } from "./token-store.ts";

/** A question that was not answered as it should be. */
export class ApiError extends Error {
  readonly problem: Problem;
  /** 0: no answer. */
  readonly status: number;

  constructor(problem: Problem, status: number) {
    super(problem.title);
    this.problem = problem;
    this.status = status;
  }
}

export interface Api {
  get: <T>(path: string, signal?: AbortSignal) => Promise<T>;
  post: <T>(path: string, body: object) => Promise<T>;
  /** A code is exchanged; a token is taken as it is. */
  signIn: (credential: Credential) => Promise<void>;
  token: TokenStore;
}

const TOKEN_PATH = "/api/langfuse/token";

/** A question that has no answer after this long never gets one. */
const TIMEOUT_MS = 20_000;

export function createApi(token: TokenStore): Api {
  const ask = async <T>(path: string, init: RequestInit): Promise<T> => {
    const sent = token.get();
    const headers = new Headers(init.headers);
    if (sent !== undefined) headers.set("authorization", `Bearer ${sent}`);
    const fail = (status: number, body: string): never => {
      throw new ApiError(problemOf(refusalOf(status, body), sent !== undefined), status);
    };
    const signal = AbortSignal.any([
      AbortSignal.timeout(TIMEOUT_MS),
      ...(init.signal ? [init.signal] : []),
    ]);
    let status = 0;
    let text = "";
    try {
      const answer = await fetch(path, { ...init, headers, signal, redirect: "error" });
      ({ status } = answer);
      text = await answer.text();
    } catch (error) {
      if (init.signal?.aborted === true) throw error;
      return fail(0, "");
    }
    if (status < 200 || status > 299) return fail(status, text);
    try {
      return JSON.parse(text) as T;
    } catch {
      // A login wall answers 200 with a page.
      return fail(401, "");
    }
  };
  const post = <T>(path: string, body: object): Promise<T> =>
    ask(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  return {
    get: (path, signal) => ask(path, { cache: "no-store", ...(signal && { signal }) }),
    post,
    signIn: async ({ code, token: given }) => {
      token.set(undefined);
      token.set(
        code === undefined ? given : (await post<ReadTokenBody>(TOKEN_PATH, { code })).token,
      );
    },
    token,
  };
}
