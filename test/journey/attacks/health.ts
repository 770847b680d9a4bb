// Health is open to everybody; what it says beyond that is for the project's own servers.
import { basic, KEYS } from "../../support/post.ts";
import type { Attack } from "./attack.ts";
import { PAGE } from "./world.ts";

const health = (
  name: string,
  headers: Record<string, string | string[]>,
  status = 401,
  code?: string,
): Attack => ({
  name,
  request: { method: "GET", headers },
  status,
  ...(code !== undefined && { code }),
});
const stranger = (name: string, authorization: string | string[]): Attack =>
  health(name, { authorization }, 401, "unauthorized");

export const healths: Attack[] = [
  health("health, by nobody", {}, 200),
  stranger("health, by a wrong secret", basic(KEYS.publicKey, "sk-lf-wrong")),
  stranger("health, by an unknown project", basic("pk-lf-nobody")),
  stranger("health, by the name of every object's prototype", basic("__proto__", "x")),
  stranger("health, by no keys", "Basic"),
  stranger("health, by a colon", basic("", "")),
  stranger("health, by no base64", "Basic !!!!"),
  stranger("health, by 14 KB of base64", `Basic ${"A".repeat(14_000)}`),
  stranger("health, by the keys twice", [basic("pk-lf-nobody"), basic()]),
  stranger("health, by another scheme", "Digest username=x"),
  health("health, by no token", { authorization: "Bearer x" }, 401, "token_invalid"),
  health(
    "health, by a secret key in a page",
    { authorization: basic(), origin: PAGE },
    403,
    "forbidden",
  ),
  health("health, by an access proxy's header", { "cf-access-jwt-assertion": "x" }, 200),
];
