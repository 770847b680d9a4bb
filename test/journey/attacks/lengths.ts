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

export const lengths: Attack[] = [
  body("one byte too much, in chunks", "x".repeat(4 * MEBI + 1), 413, "body_too_large", {
    chunked: true,
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
  {
    name: "two lengths",
    request: {
      bytes: [
        "POST /api/langfuse/trace HTTP/1.1",
        "host: edge.test",
        "content-length: 2",
        "content-length: 200",
        "connection: close",
        "",
        "{}",
      ].join("\r\n"),
    },
    status: 400,
    byRuntime: true,
  },
  {
    name: "a length that is none",
    request: {
      bytes: [
        "POST /api/langfuse/trace HTTP/1.1",
        "host: edge.test",
        "content-length: -5",
        "connection: close",
        "",
        "{}",
      ].join("\r\n"),
    },
    status: 400,
    byRuntime: true,
  },
];
