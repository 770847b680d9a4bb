// Cloudflare's API as far as `wrangler deploy` asks it, on loopback: an account that holds nothing at
// first, remembers what is deployed, and refuses every request that it has no answer for.
import { bodyOf, serve } from "../../browser/support/serve.ts";

export const ACCOUNT = "account";

export interface ApiRequest {
  method: string;
  /** Below the account, or of the API where it is about no account. */
  path: string;
  body: string;
}

export interface CloudflareApi {
  /** For wrangler's environment. */
  env: Record<string, string>;
  requests: ApiRequest[];
  /** Requests that this account cannot answer. */
  unknown: ApiRequest[];
  close: () => Promise<void>;
}

type Answer = { status: number; result: unknown };

const API = "/client/v4";
/** Of every request but those about zones. */
const ROOT = `${API}/accounts/${ACCOUNT}`;
const ok = (result: unknown): Answer => ({ status: 200, result });
const missing: Answer = { status: 404, result: null };
const REACHED_AT = { enabled: true, previews_enabled: false };

export async function cloudflareApi(): Promise<CloudflareApi> {
  const requests: ApiRequest[] = [];
  const unknown: ApiRequest[] = [];
  const queues: { queue_name: string; queue_id: string; consumers: object[] }[] = [];
  let deployed = false;

  const answers: [string, RegExp, (body: string, path: URL) => Answer][] = [
    ["GET", /^\/queues$/, (_, { searchParams }) => ok(named(searchParams.getAll("name")))],
    ["POST", /^\/queues$/, (body) => ok(create(body))],
    ["POST", /^\/queues\/[^/]+\/consumers$/, () => ok({})],
    ["GET", /^\/queues\/[^/]+\/consumers$/, () => ok([])],
    ["GET", /^\/workers\/services\/[^/]+$/, () => (deployed ? ok(service()) : missing)],
    ["GET", /^\/workers\/subdomain$/, () => ok({ subdomain: "you" })],
    ["GET", /^\/workers\/scripts\/[^/]+\/secrets$/, () => (deployed ? ok([]) : missing)],
    ["GET", /^\/workers\/scripts\/[^/]+\/settings$/, () => (deployed ? ok(settings()) : missing)],
    ["GET", /^\/workers\/scripts\/[^/]+\/deployments$/, () => ok({ deployments: [] })],
    [
      "POST",
      /^\/workers\/scripts\/[^/]+\/assets-upload-session$/,
      () => ok({ jwt: "assets", buckets: [] }),
    ],
    ["PUT", /^\/workers\/scripts\/[^/]+$/, upload],
    ["GET", /^\/workers\/workers\/[^/]+$/, () => ok({ subdomain: REACHED_AT })],
    ["PATCH", /^\/workers\/workers\/[^/]+$/, () => ok({ subdomain: REACHED_AT })],
    ["GET", /^\/workers\/scripts\/[^/]+\/subdomain$/, () => ok(REACHED_AT)],
    ["POST", /^\/workers\/scripts\/[^/]+\/subdomain$/, () => ok(REACHED_AT)],
    ["GET", /^\/workers\/scripts\/[^/]+\/schedules$/, () => ok({ schedules: [] })],
    ["GET", /^\/zones$/, () => ok([{ id: "zone" }])],
    ["GET", /^\/zones\/zone\/workers\/routes$/, () => ok([])],
    ["PUT", /^\/workers\/scripts\/[^/]+\/routes$/, () => ok([])],
  ];
  const named = (names: string[]) =>
    queues.filter(({ queue_name }) => names.length === 0 || names.includes(queue_name));
  const service = () => ({ default_environment: { script: { tag: "t", migration_tag: "v1" } } });
  const settings = () => ({
    bindings: [{ type: "queue", name: "CLAIMS", queue_name: queues[0]?.queue_name }],
  });
  function create(body: string) {
    const { queue_name } = JSON.parse(body) as { queue_name: string };
    const queue = { queue_name, queue_id: `queue-${queues.length}`, consumers: [] };
    queues.push(queue);
    return queue;
  }
  function upload(): Answer {
    deployed = true;
    return ok({ id: "script", tag: "t", startup_time_ms: 1, deployment_id: "d" });
  }

  const served = await serve((incoming, outgoing) => {
    void bodyOf(incoming).then((bytes) => {
      const url = new URL(incoming.url ?? "/", "http://api.test");
      const request = {
        method: incoming.method ?? "",
        path: url.pathname.replace(ROOT, "").replace(API, ""),
        body: bytes.toString(),
      };
      requests.push(request);
      const [, , answer] =
        answers.find(([method, path]) => method === request.method && path.test(request.path)) ??
        [];
      if (answer === undefined) unknown.push(request);
      const { status, result } = answer?.(request.body, url) ?? missing;
      const errors = status === 200 ? [] : [{ code: 10090, message: "not found" }];
      const count = Array.isArray(result) ? result.length : 1;
      const paged = { page: 1, per_page: 100, count, total_count: count, total_pages: 1 };
      outgoing.writeHead(status, { "content-type": "application/json" }).end(
        JSON.stringify({
          success: status === 200,
          errors,
          messages: [],
          result,
          result_info: paged,
        }),
      );
    });
  });
  return {
    env: {
      CLOUDFLARE_API_BASE_URL: `${served.url}/client/v4`,
      CLOUDFLARE_API_TOKEN: "of nobody",
      CLOUDFLARE_ACCOUNT_ID: ACCOUNT,
    },
    requests,
    unknown,
    close: served.close,
  };
}
