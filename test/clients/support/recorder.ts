// A proxy in front of the edge that writes down what a client sends: the data of the tests that have no client.
import { createServer, type IncomingMessage } from "node:http";
import { type Loopback, onLoopback } from "../../support/loopback.ts";
import type { Recorded } from "./client-type.ts";

/** Headers that say what a body is and who sent it; no credentials. */
const KEPT = /^(?:content-type|content-encoding|user-agent|accept|x[-_]langfuse[-_].*)$/;
const KEYS = /^x[-_]langfuse[-_]public[-_]key$/;

export interface Recorder extends Loopback {
  requests: Recorded[];
}

export async function recordInFrontOf(edge: string): Promise<Recorder> {
  const requests: Recorded[] = [];
  const server = createServer((incoming, outgoing) => {
    void (async () => {
      const body = await bytesOf(incoming);
      requests.push(recorded(incoming, body));
      const { method = "GET", url = "/", headers } = incoming;
      const passed = Object.entries(headers).filter(
        ([name]) => KEPT.test(name) || name === "authorization",
      );
      const answer = await fetch(edge + url, {
        method,
        headers: Object.fromEntries(passed.map(([name, value]) => [name, String(value)])),
        redirect: "manual",
        ...(body.length > 0 && { body: new Uint8Array(body) }),
      });
      const type = answer.headers.get("content-type");
      outgoing.writeHead(answer.status, type === null ? {} : { "content-type": type });
      outgoing.end(Buffer.from(await answer.arrayBuffer()));
    })().catch((error: unknown) => outgoing.destroy(error as Error));
  });
  return { ...(await onLoopback(server)), requests };
}

async function bytesOf(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function recorded({ method = "GET", url = "/", headers }: IncomingMessage, body: Buffer): Recorded {
  const kept = Object.entries(headers).filter(([name]) => KEPT.test(name) && !KEYS.test(name));
  const isText = body.equals(Buffer.from(body.toString("utf8")));
  return {
    method,
    path: url,
    headers: Object.fromEntries(kept.map(([name, value]) => [name, String(value)])),
    body: body.toString(isText ? "utf8" : "base64"),
    ...(!isText && { encoding: "base64" as const }),
  };
}
