// The code or token that the link of `npx langfuse-edge dashboard` has behind its #. It is taken out of the address
// at once, so that it stands in no history and in nothing that is copied from there. Pure.
import { CODE_FRAGMENT, TOKEN_FRAGMENT } from "../../protocol/live/read-access.ts";

export interface Credential {
  /** Exchanged for a token, once. */
  code?: string;
  token?: string;
}

export interface Fragment extends Credential {
  /** The address's fragment without it. */
  rest: string;
}

/** `#code=…` or `#token=…`; also behind a view's choices, `#/speed?by=model&token=…`. */
export function readFragment(hash: string): Fragment {
  const text = hash.replace(/^#/, "");
  const isView = text.startsWith("/");
  const [path = "", query = ""] = isView ? text.split(/\?(.*)/s) : ["", text];
  const params = new URLSearchParams(query);
  const credential = credentialIn(params);
  const others = params.toString();
  const rest = isView ? `#${path}${others === "" ? "" : `?${others}`}` : "";
  return { ...credential, rest };
}

function credentialIn(params: URLSearchParams): Credential {
  const code = wordIn(params.get(CODE_FRAGMENT) ?? "");
  const token = wordIn(params.get(TOKEN_FRAGMENT) ?? "");
  params.delete(CODE_FRAGMENT);
  params.delete(TOKEN_FRAGMENT);
  return { ...(code !== undefined && { code }), ...(token !== undefined && { token }) };
}

/** What somebody pasted: a token, or the whole link. Undefined where it can be neither. */
export function readPasted(text: string): Credential | undefined {
  const pasted = text.trim();
  const hash = pasted.indexOf("#");
  if (hash < 0) {
    const token = wordIn(pasted);
    return token === undefined ? undefined : { token };
  }
  const { code, token } = readFragment(pasted.slice(hash));
  if (code !== undefined) return { code };
  return token === undefined ? undefined : { token };
}

/** The characters of a JWT or a code, and nothing that could not stand in a header. */
function wordIn(text: string): string | undefined {
  return /^[\w.~+/=-]{16,4096}$/.test(text) ? text : undefined;
}
