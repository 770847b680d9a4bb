// Nothing that is to be masked gets past the door: not to the disk, not to Langfuse, not to the log,
// by whatever way a client sends it. Every byte of each is searched.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, expect, it } from "vitest";
import { startEdge, stateFolder } from "../support/edge-process.ts";
import { basic, KEYS, keyVars, post } from "../support/post.ts";
import { attributesOf, recordingLangfuse } from "../support/recording-langfuse.ts";
import { until } from "../support/until.ts";

const folders = [stateFolder(), stateFolder()] as const;
afterAll(() => folders.forEach(({ remove }) => remove()));

const SECRETS = [
  "ada.lovelace@example.com",
  "+49 30 9018275",
  "4111 1111 1111 1111",
  "DE89 3704 0044 0532 0130 00",
  "203.0.113.77",
  "sk-lf-0c1d2e3f-4a5b-6c7d-8e9f-0a1b2c3d4e5f",
  "EMP-990017",
  "hunter2-is-dropped",
];
const [ADA = "", ...REST] = SECRETS.slice(0, -1);
const EVERYTHING = `${ADA} ${REST.join(", ")}`;
const TRACE = "ui2-1671234567890-masked";
const MASKING = {
  MASK: "all",
  MASK_PATTERNS: JSON.stringify({ employee: String.raw`\bEMP-\d+` }),
  DROP_FIELDS: "**.password",
};
const DEAD = "streaming-response";

/** All kinds of actions with secrets in all fields, each sent by another way. */
async function tellEverything(edge: string): Promise<void> {
  const payload = {
    name: `for ${ADA}`,
    input: { messages: [{ role: "user", content: EVERYTHING }], password: "hunter2-is-dropped" },
    output: JSON.stringify({ text: `line\n${EVERYTHING}` }),
    metadata: { [ADA]: EVERYTHING, headers: { password: "hunter2-is-dropped" } },
    statusMessage: EVERYTHING,
  };
  const of = (data: object) => ({ traceId: TRACE, ...payload, ...data });
  const steps = [
    { action: "create_trace", data: of({ tags: ["web", ADA] }) },
    { action: "create_span", data: of({ spanId: "call" }) },
    { action: "create_generation", data: of({ generationId: "g", name: DEAD }) },
    {
      action: "update_generation",
      data: of({ generationId: "g", modelParameters: { user: ADA } }),
    },
    { action: "end_generation", data: of({ generationId: "g", name: DEAD }) },
    { action: "create_event", data: of({}) },
    {
      action: "create_score",
      data: { traceId: TRACE, scoreId: "s", name: "n", value: 1, comment: EVERYTHING },
    },
    { action: "end_span", data: of({ spanId: "call" }) },
  ];
  const [single, beacon, zipped, ...batch] = steps;
  expect((await post(edge, single)).status).toBe(200);
  const send = (body: BodyInit, headers: Record<string, string>): Promise<Response> =>
    fetch(`${edge}/api/langfuse/trace`, {
      method: "POST",
      body,
      headers: { authorization: basic(), ...headers },
    });
  const plain = await send(JSON.stringify(beacon), { "content-type": "text/plain" });
  expect(plain.status).toBe(200);
  const gzip = { "content-type": "application/json", "content-encoding": "gzip" };
  expect((await send(gzipSync(JSON.stringify(zipped)), gzip)).status).toBe(200);
  expect((await post(edge, { actions: batch })).status).toBe(200);
  expect((await post(edge, { action: "end_trace", data: of({}) })).status).toBe(200);
}

/** What a run leaves behind: on the wire to Langfuse, on the disk, in the log. */
async function leftBehind(folder: string, masking: Record<string, string>) {
  const langfuse = await recordingLangfuse();
  // One record dies, with Langfuse quoting what it was sent.
  langfuse.behave((request) =>
    JSON.stringify(request.body).includes(`"name":"${DEAD}"`)
      ? {
          status: 400,
          body: JSON.stringify({ error: JSON.stringify(request.body).slice(0, 2000) }),
        }
      : "ok",
  );
  const edge = await startEdge({ vars: { ...keyVars(langfuse.url), ...masking }, persist: folder });
  await tellEverything(edge.url);
  await until(async () => {
    const flushed = await post(edge.url, { action: "flush", data: { traceId: TRACE } });
    return flushed.body["pending"] === 0 && langfuse.scores().length > 0;
  });
  const health = await fetch(`${edge.url}/api/langfuse/trace`, {
    headers: { authorization: basic() },
  });
  const { dead } = await health.json<{ dead: number }>();
  const spans = langfuse.spans();
  const wire = JSON.stringify(langfuse.requests.map(({ body }) => body));
  const log = edge.log();
  await edge.stop();
  await langfuse.close();
  return { spans, dead, wire, log, disk: bytesIn(folder) };
}

/** Every file of a folder, as text of one byte a character. */
function bytesIn(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"))
    .join("\n");
}

const foundIn = (text: string): string[] => SECRETS.filter((secret) => text.includes(secret));

it("masks before anything is stored, sent or logged", async () => {
  const { spans, dead, wire, log, disk } = await leftBehind(folders[0].path, MASKING);
  expect({ wire: foundIn(wire), disk: foundIn(disk), log: foundIn(log) }).toEqual({
    wire: [],
    disk: [],
    log: [],
  });
  expect(log).not.toContain("[email]");
  expect(dead).toBe(1);
  // The record that died is kept, masked.
  expect(disk).toContain("[masked:employee]");
  const root = spans.find(({ parentSpanId }) => parentSpanId === undefined);
  expect(root && attributesOf(root)).toMatchObject({
    "langfuse.trace.name": "for [email]",
    "langfuse.observation.input":
      '{"messages":[{"role":"user","content":"[email] [phone], [card], [iban], [ip], [key], [masked:employee]"}],"password":"[dropped]"}',
    "langfuse.observation.status_message":
      "[email] [phone], [card], [iban], [ip], [key], [masked:employee]",
  });
  const notes = root && attributesOf(root)["langfuse.observation.metadata.langfuse_edge_notes"];
  expect(String(notes)).toContain(
    "input: masked 1 employee, 1 key, 1 email, 1 iban, 1 card, 1 ip, 1 phone",
  );
  expect(log).not.toContain(KEYS.secretKey);
});

it("has all of it on the wire and on the disk without the settings, which shows where to look", async () => {
  const { wire, disk, log } = await leftBehind(folders[1].path, {});
  expect({ wire: foundIn(wire), disk: foundIn(disk), log: foundIn(log) }).toEqual({
    wire: SECRETS,
    disk: SECRETS,
    log: [],
  });
});
