// ALLOWED_ORIGINS: the origins whose pages may call. Pure. An entry that is not understood allows none.
import { listOf, type RawEnv } from "./read.ts";

export type OriginRule =
  /** The origin itself, in lower case; or `null`, for pages that have none. */
  | { exact: string }
  /** Every host below this one, not the host itself. `port` is empty where it is the scheme's. */
  | { scheme: string; below: string; port: string };

const WILDCARD = /^(https?:)\/\/\*(\.[a-z0-9-]+(?:\.[a-z0-9-]+)+)(?::(\d{1,5}))?$/;
/** Such as `capacitor://localhost`: the URL standard gives other schemes no origin. */
const OTHER_SCHEME = /^(?!https?:)[a-z][a-z0-9+.-]*:\/\/[a-z0-9._-]*(?::\d{1,5})?$/;

export function readOrigins(env: RawEnv, problems: string[]): OriginRule[] {
  return listOf(env, "ALLOWED_ORIGINS").flatMap((text) => {
    const rule = originRule(text.toLowerCase());
    if (rule !== undefined) return [rule];
    problems.push(
      "ALLOWED_ORIGINS: each must be an origin, such as https://app.example.com or https://*.example.com",
    );
    return [];
  });
}

function originRule(text: string): OriginRule | undefined {
  if (text === "null" || OTHER_SCHEME.test(text)) return { exact: text };
  const [, scheme, below, port] = WILDCARD.exec(text) ?? [];
  if (scheme !== undefined && below !== undefined) {
    // Parsed for its port: that of the scheme is none.
    const url = `${scheme}//x:${port ?? ""}`;
    return URL.canParse(url) ? { scheme, below, port: new URL(url).port } : undefined;
  }
  if (!/^https?:\/\/[^/*@]+\/?$/.test(text) || !URL.canParse(text)) return undefined;
  const { origin, pathname, search, hash } = new URL(text);
  return `${pathname}${search}${hash}` === "/" ? { exact: origin } : undefined;
}
