// Bodies of another length than is declared, or than any may have.
import { type Attack, body, SPAN } from "./attack.ts";

const MEBI = 1024 * 1024;

/** Headers that declare a body, and its first bytes. */
async function declared(token: Promise<string>, length: number): Promise<string> {
  return [
    "POST /api/langfuse/trace HTTP/1.1",
    "host: edge.test",
    `authorization: Bearer ${await token}`,
    "content-type: application/json",
    `content-length: ${length}`,
    "connection: close",
    "",
    SPAN,
  ].join("\r\n");
}

/** So framed that no Worker ever sees it. */
const byRuntime = (name: string, ...declared: number[]): Attack => ({
  name,
  request: {
    bytes: [
      "POST /api/langfuse/trace HTTP/1.1",
      "host: edge.test",
      ...declared.map((length) => `content-length: ${length}`),
      "connection: close",
      "",
      "{}",
    ].join("\r\n"),
  },
  status: 400,
  byRuntime: true,
});

export const lengths: Attack[] = [
  body("one byte too much, in chunks", "x".repeat(4 * MEBI + 1), 413, "body_too_large", {
    chunked: true,
  }),
  ...[6, 15].flatMap((mebi): Attack[] => {
    const sent = "x".repeat(mebi * MEBI);
    return [
      body(`${mebi} MB`, sent, 413, "body_too_large"),
      body(`${mebi} MB in chunks`, sent, 413, "body_too_large", { chunked: true }),
      {
        name: `${mebi} MB of a stranger`,
        request: { headers: { "content-type": "application/json" }, body: sent },
        status: 401,
        code: "unauthorized",
      },
      {
        name: `${mebi} MB at no path`,
        request: { path: "/nowhere", headers: { "content-type": "application/json" }, body: sent },
        status: 404,
        code: "not_found",
      },
      {
        name: `${mebi} MB of a page that may not call`,
        request: { headers: { origin: "https://evil.test" }, body: sent },
        status: 403,
        code: "origin_not_allowed",
      },
    ];
  }),
  {
    name: "oversized, and says so",
    request: async ({ token }) => ({ bytes: await declared(token(), 4 * MEBI + 1) }),
    status: 413,
    code: "body_too_large",
  },
  {
    name: "a length larger than any",
    request: async ({ token }) => ({ bytes: await declared(token(), 999_999_999_999) }),
    status: 413,
    code: "body_too_large",
  },
  {
    name: "a length that is shorter than the body: the rest is no second request",
    request: async ({ token }) => ({ bytes: await declared(token(), 5) }),
    status: 400,
    code: "invalid_json",
  },
  byRuntime("two lengths", 2, 200),
  byRuntime("a length that is none", -5),
];
