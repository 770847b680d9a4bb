// Requests as a page makes them, one at a time: for what is measured by itself, without a load.
import type { Variant } from "./bench.ts";
import { authorizer, ORIGIN } from "./load/credentials.ts";

export interface PageClient {
  /** Throws where the edge does not say success. */
  post: (session: string, body: string) => Promise<Response>;
  /** The same, and how long it took, ms. */
  timed: (session: string, body: object) => Promise<number>;
}

export function pageClient({ url, access }: Variant): PageClient {
  const authorize = authorizer(access);
  const post = async (session: string, body: string): Promise<Response> => {
    const response = await fetch(`${url}/api/langfuse/trace`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "x-bench-key": session,
        origin: ORIGIN,
        authorization: authorize(session) ?? "",
      },
      body,
    });
    if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
    return response;
  };
  return {
    post,
    timed: async (session, body) => {
      const text = JSON.stringify(body);
      const began = performance.now();
      const response = await post(session, text);
      await response.arrayBuffer();
      return performance.now() - began;
    },
  };
}
