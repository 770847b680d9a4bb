// A Langfuse on loopback that answers by a script, refuses what the real one refuses, and records each copy
// of a record that it took with the time of its answer.
import { EventEmitter, once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout } from "node:timers/promises";
import { basic, KEYS } from "../../support/post.ts";
import type { Behaviour, Reply } from "./behaviour.ts";
import { read, type Reading } from "./contract.ts";
import { well } from "./behaviour.ts";
import type { Copy, Kind } from "../plan/records.ts";

export interface SeenRequest {
  /** When it had come, epoch ms. */
  at: number;
  kind: Kind | undefined;
  records: number;
  /** What was answered, such as `ok`, `hang` or `500`. */
  reply: string;
}

export interface ScriptedLangfuse {
  url: string;
  seen: SeenRequest[];
  copies: Copy[];
  /** Keys of the records that it has. */
  taken: Set<string>;
  /** Keys of records that failed alone, or in a request that was refused and so is split: none waits for them. */
  mayBePassed: Set<string>;
  /** Resolves when the next request has come, or after so long. */
  next: (limitMs: number) => Promise<void>;
  /** From now on; times of the script begin here. */
  behave: (behaviour: Behaviour) => void;
  /** The secret key that it takes from now on. */
  useKey: (secretKey: string) => void;
  close: () => Promise<void>;
}

/** Requests with such an answer are split, to find what is at fault. */
const SPLIT: ReadonlySet<number> = new Set([400, 413]);
const JSON_TYPE = { "content-type": "application/json" };

export async function scriptedLangfuse(behaviour: Behaviour = well): Promise<ScriptedLangfuse> {
  const seen: SeenRequest[] = [];
  const copies: Copy[] = [];
  const taken = new Set<string>();
  const mayBePassed = new Set<string>();
  let script = { behaviour, began: Date.now(), n: 0 };
  let credentials = basic();
  const arrivals = new EventEmitter();
  const server = createServer((incoming, outgoing) => {
    // A request that breaks off was not received.
    answer(incoming, outgoing).catch(() => outgoing.destroy());
  });

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const at = Date.now();
    const { pathname: path } = new URL(incoming.url ?? "/", "http://langfuse.test");
    const reading = read(
      { path, headers: incoming.headers, raw: Buffer.concat(chunks) },
      credentials,
    );
    if ("refused" in reading) {
      const { status, body } = reading.refused;
      seen.push({ at, kind: undefined, records: 0, reply: `${status} ${body}` });
      outgoing.writeHead(status, JSON_TYPE).end(body);
      return;
    }
    const { kind, text, items } = reading;
    const reply = script.behaviour({
      n: script.n,
      kind,
      records: items.length,
      text,
      ms: at - script.began,
    });
    script.n += 1;
    seen.push({ at, kind, records: items.length, reply: replyName(reply) });
    arrivals.emit("request");
    const takes = reply.kind === "ok" || reply.kind === "half" || reply.kind === "taken";
    const took: Copy[] = takes ? items.map((item) => ({ ...item, at })) : [];
    copies.push(...took);
    for (const { key } of took) taken.add(key);
    const isSplit = reply.kind === "status" && SPLIT.has(reply.status);
    if (!takes && (isSplit || items.length === 1)) {
      for (const { key } of items) mayBePassed.add(key);
    }
    outgoing.once("finish", () => {
      if (reply.kind === "ok") for (const copy of took) copy.answeredAt = Date.now();
    });
    await send(reply, reading, outgoing);
  }

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    copies,
    taken,
    mayBePassed,
    next: async (limitMs) => {
      const signal = AbortSignal.timeout(limitMs);
      await once(arrivals, "request", { signal }).catch(() => undefined);
    },
    behave: (next) => {
      script = { behaviour: next, began: Date.now(), n: 0 };
    },
    useKey: (secretKey) => {
      credentials = basic(KEYS.publicKey, secretKey);
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

async function send(
  reply: Reply,
  { answer }: Extract<Reading, { text: string }>,
  outgoing: ServerResponse,
): Promise<void> {
  switch (reply.kind) {
    case "ok":
      if (reply.afterMs) await setTimeout(reply.afterMs);
      // Whoever gave up before does not learn of it.
      if (!outgoing.destroyed) outgoing.writeHead(answer.status, JSON_TYPE).end(answer.body);
      return;
    case "status": {
      if (reply.afterMs) await setTimeout(reply.afterMs);
      const { status, body = '{"message":"scripted"}', retryAfter } = reply;
      const again = retryAfter === undefined ? {} : { "retry-after": retryAfter };
      outgoing.writeHead(status, { ...JSON_TYPE, ...again }).end(body);
      return;
    }
    case "hang":
    case "taken":
      return;
    case "reset":
      outgoing.socket?.resetAndDestroy();
      return;
    case "half":
      outgoing.writeHead(answer.status, { ...JSON_TYPE, "content-length": answer.body.length + 9 });
      outgoing.write(answer.body.slice(0, 1), () => outgoing.destroy());
  }
}

const replyName = (reply: Reply): string =>
  reply.kind === "status" ? String(reply.status) : reply.kind;
