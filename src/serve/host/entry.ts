// The Worker on one machine: around the built Worker, of which nothing is changed, what Cloudflare would bring:
// the caller's address, static files, a queue, rate limits. Imports the Worker as `./edge.js`, the file that the
// package has of it.
import { WorkerEntrypoint } from "cloudflare:workers";
import worker from "../../index.ts";
import { type AddressRange, parseRanges } from "./addresses.ts";
import { clientOf } from "./client.ts";
import type { HostEnv } from "./host-env.ts";
import { messageBatch } from "./message-batch.ts";
import { lastRequest } from "./queue.ts";
import { rateLimiters } from "./rate-limiters.ts";
import { StaticServer } from "./static-files.ts";

// Its objects, by whatever names it has.
export * from "../../index.ts";
export { HostProducer, HostQueue } from "./queue.ts";

const statics = new StaticServer();
let trusted: AddressRange[] | undefined;

let known: HostEnv | undefined;
/** With rate limits; the same one for all requests, since the Worker composes its edge once for it. */
const edgeEnv = (env: HostEnv): HostEnv =>
  (known ??= { ...env, ...rateLimiters(env.HOST_OPTIONS.rateLimits, () => Date.now()) });

export default {
  async fetch(request, env, ctx) {
    lastRequest.at = Date.now();
    const { trustedProxies } = env.HOST_OPTIONS;
    const file = await statics.answer(request, {
      files: env.HOST_OPTIONS.files,
      read: (name) => env.HOST_FILES.fetch(`http://files/${name}`),
    });
    if (file !== undefined) return file;
    trusted ??= trustedProxies.flatMap((one) => parseRanges(one) ?? []);
    const answer = await worker.fetch?.(asCloudflareWould(request, trusted), edgeEnv(env), ctx);
    return answer ?? new Response(null, { status: 500 });
  },
} satisfies ExportedHandler<HostEnv>;

type Incoming = Parameters<NonNullable<(typeof worker)["fetch"]>>[0];

/** The caller's address is where the edge looks for it; what the caller itself wrote there is gone. */
function asCloudflareWould(request: Request, proxies: readonly AddressRange[]): Incoming {
  const peer = (request.cf as { clientIp?: string } | undefined)?.clientIp;
  const { address, https } = clientOf(peer, request.headers, proxies);
  const url = https ? request.url.replace(/^http:/, "https:") : request.url;
  const told = new Request(url, request);
  if (address === "") told.headers.delete("cf-connecting-ip");
  else told.headers.set("cf-connecting-ip", address);
  return told as Incoming;
}

/** Each batch of the queue, as an invocation of its own. */
export class HostConsumer extends WorkerEntrypoint<HostEnv> {
  async consume(queue: string, bodies: unknown[]): Promise<void> {
    await worker.queue?.(messageBatch(queue, bodies, new Date()), edgeEnv(this.env), this.ctx);
  }
}

/** For the supervisor alone, on a socket of its own. */
export class HostControl extends WorkerEntrypoint<HostEnv> {
  override async fetch(request: Request): Promise<Response> {
    if (request.headers.get("authorization") !== `Bearer ${this.env.HOST_TOKEN}`) {
      return new Response(null, { status: 403 });
    }
    const { pathname, searchParams } = new URL(request.url);
    return pathname === "/drain"
      ? this.#drain(Number(searchParams.get("limitMs") ?? 0))
      : this.#health();
  }

  /** Also makes the Worker ready: it reads its settings, and says what is wrong with them. */
  async #health(): Promise<Response> {
    const request = new Request("http://edge/api/langfuse/trace") as Incoming;
    const answer = await worker.fetch?.(request, edgeEnv(this.env), this.ctx);
    return answer ?? new Response(null, { status: 500 });
  }

  async #drain(limitMs: number): Promise<Response> {
    const { HOST_OPTIONS, HOST_QUEUE } = this.env;
    const left = await Promise.all(
      Object.keys(HOST_OPTIONS.queues).map((name) =>
        HOST_QUEUE.get(HOST_QUEUE.idFromName(name)).drain(limitMs),
      ),
    );
    return Response.json({ left: left.reduce((sum, one) => sum + one, 0) });
  }
}
