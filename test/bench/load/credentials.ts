// What a request is let in by. Tokens are signed here, as a project's own server may do: the edge has
// to verify each one when it first sees it.
import { createHmac } from "node:crypto";
import type { Plan } from "./plan.ts";

/** Where the page is that sends; browsers say it with each request. */
export const ORIGIN = "https://app.example.com";

/** As long as the edge believes one: clocks are moved meanwhile. */
const LIFE_SECONDS = 24 * 3600;

export type Authorize = (session: string) => string | undefined;

export function authorizer(access: Plan["access"]): Authorize {
  if (access.kind === "nothing") return () => undefined;
  if (access.kind === "header") return () => access.value;
  const known = new Map<string, string>();
  return (session) => {
    const token = known.get(session) ?? `Bearer ${sign(session, access)}`;
    known.set(session, token);
    return token;
  };
}

const encoded = (part: object): string => Buffer.from(JSON.stringify(part)).toString("base64url");

function sign(
  session: string,
  { publicKey, secret }: { publicKey: string; secret: string },
): string {
  const iat = Math.floor(Date.now() / 1000);
  const head = encoded({ alg: "HS256", typ: "JWT", kid: publicKey });
  const claims = { aud: "langfuse-edge", project: publicKey, sid: session, sub: "ada@example.com" };
  const body = `${head}.${encoded({ ...claims, iat, exp: iat + LIFE_SECONDS })}`;
  return `${body}.${createHmac("sha256", secret).update(body).digest("base64url")}`;
}
