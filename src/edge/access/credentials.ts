// The credentials in a request's headers. Pure.
import { MAX_TOKEN_LENGTH } from "../../protocol/limits.ts";

export type Credentials =
  | { kind: "none" }
  /** Still encoded. */
  | { kind: "basic"; encoded: string }
  /** Empty where it is too long to be a token. */
  | { kind: "bearer"; token: string }
  | { kind: "unknown" };

export function credentialsOf(headers: Pick<Headers, "get">): Credentials {
  const given = headers.get("authorization")?.trim() ?? "";
  if (given === "") return { kind: "none" };
  const match = /^(basic|bearer)(?: +(.*))?$/is.exec(given);
  const value = match?.[2]?.trim() ?? "";
  if (match?.[1]?.toLowerCase() === "basic") return { kind: "basic", encoded: value };
  if (match?.[1]?.toLowerCase() === "bearer") return bearer(value);
  return { kind: "unknown" };
}

export function bearer(token: string): Credentials {
  return { kind: "bearer", token: token.length <= MAX_TOKEN_LENGTH ? token : "" };
}
