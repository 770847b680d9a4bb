// Requests of any path, method, origin and credentials: one answer with its headers, one line
// in the log, and no caller behind it that may not be there.
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { SESSION_PATH, TOKEN_PATH, TRACE_PATH } from "../../../src/edge/app.ts";
import { objectName } from "../../../src/protocol/ids.ts";
import { logFrom } from "../../../src/log.ts";
import { ENV, PUBLIC_KEY, signed } from "./access/tokens.ts";
import { BASIC, edgeUnderTest } from "./edge-under-test.ts";
import { runs } from "../../support/runs.ts";

const METHODS = ["GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"];
const ALLOWED = ["https://app.example.com", "HTTPS://A.Example.ORG", "https://edge.test"];
const REFUSED = [
  "null",
  "https://example.com",
  "https://app.example.com/",
  "https://app.example.com:443",
  "http://edge.test",
  "https://a.example.org:8443",
];

const plain = fc.constantFrom(
  ...Array.from({ length: 6 }, () => TRACE_PATH),
  TOKEN_PATH,
  SESSION_PATH,
  "/api/langfuse",
  ...["chat-7", "a%2Fb", "a%252Fb", "%ff", "%00", "%E4%BD%A0", "trace"].map(
    (id) => `${SESSION_PATH}/${id}`,
  ),
);
/** The same in other ways to write it, and in such as mean another. */
const spelled = fc
  .tuple(
    plain,
    fc.array(fc.tuple(fc.nat(60), fc.nat(6)), { maxLength: 2 }),
    fc.constantFrom(..." / // ?a=b /?a=b #x %20 %2F ;a=b /x /. /x/.. /%2e%2e % %0a".split(" ")),
  )
  .map(([given, changes, end]) => changes.reduce(respelled, given) + end);

function respelled(given: string, [at, how]: [at: number, how: number]): string {
  const place = 1 + (at % (given.length - 1));
  const sign = given[place] ?? "";
  const hex = sign.charCodeAt(0).toString(16);
  const other = [sign.toUpperCase(), sign + sign, `${sign}./`, `/${sign}`][how] ?? `%${hex}`;
  return given.slice(0, place) + other + given.slice(place + 1);
}

/** Methods allowed at an address; its last part, where that names a session. */
function routeOf({ pathname }: URL): { methods: string[]; session?: string } | undefined {
  const parts = pathname.replace(/(?<=.)\/$/, "").split("/");
  // Separators of the parts of an address are left encoded.
  const read = parts.map((part) => part.replaceAll(/%[2-7][0-9a-f]/gi, (code) => decodeURI(code)));
  if (read.join("/") === TRACE_PATH) return { methods: ["GET", "HEAD", "POST", "OPTIONS"] };
  if (read.join("/") === TOKEN_PATH) return { methods: ["POST"] };
  const [session = "", ...others] = parts.toReversed();
  const isSession = read.slice(0, -1).join("/") === SESSION_PATH && session !== "";
  return isSession && others.length === 4 ? { methods: ["DELETE"], session } : undefined;
}

/** Of all that may come, what shows that every kind of request was made. */
const REACHED = [
  "DELETE 200",
  "DELETE 403 forbidden",
  "GET 404 not_found",
  "OPTIONS 204",
  "OPTIONS 403 origin_not_allowed",
  "POST 200",
  "POST 401 token_invalid",
  "POST 403 forbidden",
  "POST 403 origin_not_allowed",
  "PUT 405 method_not_allowed",
];

test("property: any request is answered as a whole, and goes where its address says", async () => {
  const token = await signed();
  const asked: string[] = [];
  const statuses = new Set<string>();
  const { app } = edgeUnderTest({
    env: {
      ...ENV,
      AUTH: "token,key",
      ALLOWED_ORIGINS: "https://app.example.com, https://*.example.org",
    },
    open: false,
    deps: {
      sessionFor: (name) => {
        asked.push(name);
        const none = { actions: 0, open: 0, pending: 0, dead: 0, inFlight: 0, until: 0 };
        return {
          append: () => Promise.reject(new Error("nothing is to be kept")),
          pending: async () => ({ pending: 0, sealed: 0 }),
          deleteSession: async () => ({ object: name, ...none }),
        };
      },
    },
  });
  const request = fc.record({
    url: fc.oneof(plain, spelled).map((given) => new URL(`https://edge.test${given}`)),
    method: fc.constantFrom(...METHODS, "POST", "DELETE", "DELETE"),
    origin: fc.constantFrom(undefined, undefined, ...ALLOWED, ...REFUSED),
    authorization: fc.constantFrom(
      undefined,
      BASIC,
      BASIC,
      `Bearer ${token}`,
      `Bearer ${PUBLIC_KEY}`,
      "Bearer x",
      "Digest x",
    ),
  });
  logFrom("debug");
  const log = vi.fn<(line: string) => void>();
  for (const level of ["debug", "info"] as const) vi.spyOn(console, level).mockImplementation(log);
  const failures = vi.spyOn(console, "error").mockReturnValue();
  await fc.assert(
    fc.asyncProperty(request, async ({ url, method, origin, authorization }) => {
      log.mockClear();
      asked.length = 0;
      const headers = {
        ...(origin !== undefined && { origin }),
        ...(authorization !== undefined && { authorization }),
      };
      const body = '{"action":"flush","sessionId":"chat-7"}';
      const init = { method, headers, ...(method === "POST" && { body }) };
      const answer = await app.fetch(new Request(url, init));
      const text = await answer.text();
      const { error } = JSON.parse(text || "{}") as { error?: { code: string } };
      statuses.add(`${method} ${answer.status} ${error?.code ?? ""}`.trim());

      const isAllowed = origin !== undefined && ALLOWED.includes(origin);
      expect(answer.headers.get("access-control-allow-origin")).toBe(isAllowed ? origin : null);
      expect(answer.headers.get("vary")).toBe("Origin");
      expect(answer.headers.get("cache-control")).toBe("no-store");
      expect(text === "").toBe(method === "HEAD" || answer.status === 204);
      if (text !== "") expect(answer.headers.get("content-type")).toBe("application/json");
      const lines = log.mock.calls.map(([line]) => JSON.parse(line) as object);
      const code = method === "HEAD" ? undefined : error?.code;
      expect(lines).toMatchObject([
        { event: "request", method, status: answer.status, ...(code && { code }) },
      ]);

      const isForeign = origin !== undefined && !isAllowed;
      const isServer = origin === undefined && authorization === BASIC;
      const route = routeOf(url);
      if (isForeign && authorization !== BASIC) {
        expect([answer.status, asked]).toEqual([403, []]);
      } else if (!route?.methods.includes(method)) {
        expect([answer.status, asked]).toEqual([route === undefined ? 404 : 405, []]);
      } else {
        expect([404, 405]).not.toContain(answer.status);
        if (!isServer && route.session !== undefined) expect(asked).toEqual([]);
        if (asked.length > 0 && route.session !== undefined) {
          const value = decodeURIComponent(route.session).replaceAll("\u0000", "");
          const key = { project: PUBLIC_KEY, owner: "anonymous", kind: "session", value } as const;
          expect(asked[0]).toBe(objectName(key));
        }
      }
    }),
    { numRuns: runs(2000) },
  );
  expect(failures).not.toHaveBeenCalled();
  expect([...statuses]).toEqual(expect.arrayContaining(REACHED));
});
