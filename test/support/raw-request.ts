// A request exactly as it is written, for what a well-behaved client would not send.
import { connect } from "node:net";
import { type Agent, request as httpRequest } from "node:http";

export interface RawRequest {
  method?: string;
  path?: string;
  headers?: Record<string, string | string[]>;
  body?: string | Uint8Array;
  /** Bytes of the whole request, instead of all of the above. */
  bytes?: string;
  /** The body is sent in chunks, its length not declared. */
  chunked?: boolean;
}

export interface RawAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** Without an agent each request has a connection of its own. */
export async function sendRaw(
  edge: string,
  request: RawRequest,
  agent?: Agent,
): Promise<RawAnswer> {
  return request.bytes === undefined ? send(edge, request, agent) : sendBytes(edge, request.bytes);
}

function send(edge: string, request: RawRequest, agent: Agent | undefined): Promise<RawAnswer> {
  const { method = "POST", path = "/api/langfuse/trace", headers = {}, body, chunked } = request;
  const { hostname, port } = new URL(edge);
  // Said in so many words: of a DELETE the client would send the bytes without saying where they end.
  const length =
    body === undefined
      ? {}
      : chunked === true
        ? { "transfer-encoding": "chunked" }
        : { "content-length": Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const sent = httpRequest(
      { hostname, port, method, path, headers: { ...length, ...headers }, agent: agent ?? false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: Object.fromEntries(
              Object.entries(response.headers).map(([name, value]) => [name, String(value)]),
            ),
            body: Buffer.concat(chunks).toString(),
          }),
        );
      },
    );
    // An edge that has answered need not take the rest of a body.
    sent.on("error", reject);
    if (body !== undefined && chunked === true) {
      for (let at = 0; at < body.length; at += 65_536) sent.write(body.slice(at, at + 65_536));
      sent.end();
    } else sent.end(body);
  });
}

/** Only ends a test that hangs. */
const SILENCE_MS = 60_000;

/** What comes back until it is whole, or the other side closes. */
function sendBytes(edge: string, bytes: string): Promise<RawAnswer> {
  const { hostname, port } = new URL(edge);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    let text = "";
    const isWhole = (): boolean => {
      const [head = "", ...rest] = text.split("\r\n\r\n");
      const [, length] = /^content-length: *(\d+)\r?$/im.exec(head) ?? [];
      return length !== undefined && Buffer.byteLength(rest.join("\r\n\r\n")) >= Number(length);
    };
    const done = (): void => {
      socket.destroy();
      const [head = "", ...rest] = text.split("\r\n\r\n");
      const [first = "", ...lines] = head.split("\r\n");
      const headers = lines.map((line) => {
        const colon = line.indexOf(":");
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
      });
      resolve({
        status: Number(first.split(" ")[1] ?? 0),
        headers: Object.fromEntries(headers) as Record<string, string>,
        body: rest.join("\r\n\r\n"),
      });
    };
    socket.setTimeout(SILENCE_MS, done);
    socket.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      if (isWhole()) done();
    });
    socket.on("close", done);
    socket.on("error", done);
  });
}
