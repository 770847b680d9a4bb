// Many generated requests at once against a running edge; what was answered, and what must not have
// been: a 5xx, a secret, an answer that a page could not read or that a cache could mix up.
import { Agent } from "node:http";
import { basic, KEYS } from "../support/post.ts";
import { type RawAnswer, type RawRequest, sendRaw } from "../support/raw-request.ts";
import { until } from "../support/until.ts";
import { PAGE, type World } from "../journey/attacks/world.ts";
import { type Pools, requestOf } from "./generate.ts";
import { growthIn, lookText, type MemoryLook, memoryWatch } from "./memory.ts";
import { randomOf } from "./random.ts";

export interface FuzzReport {
  requests: number;
  seed: number;
  seconds: number;
  statuses: Record<string, number>;
  /** What must not be, with the request that made it; the first few. */
  findings: string[];
  /** Where the edge's isolates can be looked into. */
  memory: MemoryLook[];
}

/** Answers of Langfuse's own paths that are text there too. */
const LEGACY_TEXTS: ReadonlySet<string> = new Set(["Invalid JSON", "Body exceeded 4.5mb limit"]);
const PARTS = 10;
const AT_ONCE = 24;
const MAX_FINDINGS = 20;

export async function fuzz(
  world: World,
  requests: number,
  seed: number,
  progress: (line: string) => void = () => {},
): Promise<FuzzReport> {
  const pools = await poolsOf(world);
  await providerKnown(world);
  const random = randomOf(seed);
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const watch = memoryWatch(world);
  const began = performance.now();
  const report: FuzzReport = {
    requests,
    seed,
    seconds: 0,
    statuses: {},
    findings: [],
    memory: [],
  };
  let begun = 0;
  const sendUntil = async (last: number): Promise<void> => {
    while (begun < last) {
      begun += 1;
      const request = requestOf(random, pools);
      const finding = await attempt(world, request, agent, report.statuses);
      if (finding !== undefined && report.findings.length < MAX_FINDINGS) {
        report.findings.push(`${finding}: ${describe(request)}`);
      }
    }
  };
  for (let part = 1; part <= PARTS; part += 1) {
    const last = Math.floor((requests * part) / PARTS);
    await Promise.all(Array.from({ length: AT_ONCE }, () => sendUntil(last)));
    progress(`${last} requests, ${report.findings.length} findings`);
    // What is kept for good is there after the first part.
    const isToRest = part === 1 || part === PARTS;
    const looks = [await watch?.look(last), isToRest ? await watch?.rest(last) : undefined];
    for (const look of looks) {
      if (look === undefined) continue;
      report.memory.push(look);
      progress(`  ${lookText(look)}`);
    }
  }
  agent.destroy();
  report.seconds = (performance.now() - began) / 1000;
  const log = world.edge.log();
  for (const secret of world.secrets)
    if (log.includes(secret)) report.findings.push("secret in log");
  if (log.includes("eyJ")) report.findings.push("token in log");
  report.findings.push(...growthIn(report.memory));
  return report;
}

async function attempt(
  world: World,
  request: RawRequest,
  agent: Agent,
  statuses: Record<string, number>,
): Promise<string | undefined> {
  try {
    const answer = await sendRaw(world.edge.url, request, agent);
    statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
    return findingIn(answer, request, world);
  } catch (error) {
    return `no answer (${String(error)})`;
  }
}

function findingIn(
  { status, headers, body }: RawAnswer,
  request: RawRequest,
  { secrets }: World,
): string | undefined {
  if (status >= 500) return `status ${status} ${body}`;
  const all = JSON.stringify(headers) + body;
  if (secrets.some((secret) => all.includes(secret))) return "a secret in the answer";
  // The runtime itself refuses what is no HTTP.
  if (status === 400 && headers["vary"] === undefined && body === "Bad Request") return undefined;
  if (headers["vary"] !== "Origin") return `no vary (${status})`;
  const origin = request.headers?.["origin"];
  const allowed = headers["access-control-allow-origin"];
  if (allowed !== undefined && allowed !== origin) return `allowed ${allowed}`;
  if (Object.keys(headers).some((name) => name.startsWith("x-evil"))) return "a header injected";
  if (headers["content-type"] === "application/x-protobuf") return undefined;
  if (LEGACY_TEXTS.has(body)) return undefined;
  if (body === "") return status === 204 || request.method === "HEAD" ? undefined : "no body";
  try {
    JSON.parse(body);
    return undefined;
  } catch {
    return `no JSON (${status})`;
  }
}

/** The provider's keys, which a machine that is busy with starting may not fetch in their time: a 503, and right so. */
async function providerKnown({ edge, jwt }: World): Promise<void> {
  const authorization = `Bearer ${await jwt({})}`;
  const headers = { "content-type": "application/json", authorization };
  await until(async () => {
    const { status } = await sendRaw(edge.url, { method: "POST", headers, body: "{}" });
    return status < 500;
  });
}

async function poolsOf({ token, jwt }: World): Promise<Pools> {
  const users = Array.from({ length: 24 }, (_, i) => `user-${i}`);
  const sessions = Array.from({ length: 8 }, (_, i) => `chat-${i}`);
  // Longer than the longest run.
  const exp = Math.floor(Date.now() / 1000) + 6 * 3600;
  const bearers = await Promise.all([
    ...users.map((sub) => token({ sub, sid: undefined, exp })),
    ...sessions.map((sid) => token({ sub: undefined, sid, exp })),
    ...sessions.map((sid) => token({ sub: "ada", sid, actions: ["create_trace", "flush"], exp })),
    token({ exp: 1 }),
    token({}, { secret: "other" }),
    jwt({ exp }),
    jwt({ aud: "their-app" }),
  ]);
  return {
    credentials: [
      ...bearers.map((text) => `Bearer ${text}`),
      `Bearer ${KEYS.publicKey}`,
      basic(),
      basic(undefined, "sk-lf-wrong"),
    ],
    origins: [
      ...Array.from({ length: 17 }, () => PAGE),
      "https://a.example.org",
      "https://evil.io",
      "null",
    ],
  };
}

function describe({ body, ...request }: RawRequest): string {
  const text = typeof body === "string" ? body : Buffer.from(body ?? []).toString("base64");
  return `${JSON.stringify(request)} ${text.slice(0, 2000)}`;
}
