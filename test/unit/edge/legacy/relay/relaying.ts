// The edge before a Langfuse whose answers a test gives, and the requests that reached it.
import { BodyBudget } from "../../../../../src/edge/body-budget.ts";
import type { EdgeDeps } from "../../../../../src/edge/edge-deps.ts";
import { BASIC, edgeUnderTest, KEYS } from "../../edge-under-test.ts";

interface Seen {
  url: string;
  method: string;
  headers: Record<string, string>;
  body: string;
  redirect: string;
}

export function relayUnderTest(
  answer: (request: Request) => Response | Promise<Response>,
  env = {},
  budget = new BodyBudget(),
) {
  const seen: Seen[] = [];
  const relay: EdgeDeps["relay"] = async (request) => {
    const { url, method, redirect } = request;
    const headers = Object.fromEntries(request.headers);
    const copy = request.clone();
    seen.push({ url, method, redirect, headers, body: await copy.text() });
    return answer(request);
  };
  const base = { ...KEYS, LANGFUSE_BASE_URL: "https://langfuse.test/base", ...env };
  const { app } = edgeUnderTest({
    open: false,
    env: base,
    deps: { relay, bodies: { budget, now: () => 0 } },
  });
  const ask = (
    path: string,
    { headers, ...init }: Omit<RequestInit, "headers"> & { headers?: Record<string, string> } = {},
  ): Promise<Response> =>
    Promise.resolve(
      app.request(`https://edge.test${path}`, {
        ...init,
        headers: { authorization: BASIC, ...headers },
      }),
    );
  return { seen, ask };
}
export const ok = (): Response => Response.json({ fine: true });
