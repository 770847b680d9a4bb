// Uploads that stall hold what has come of them for a minute. Against the built Worker: whoever sends
// them, others' bodies are taken beside them, and what they held is given back when they are gone.
import { connect, type Socket } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type RawAnswer, sendRaw } from "../support/raw-request.ts";
import { until } from "../support/until.ts";
import { buildWorld, PAGE, type World } from "./attacks/world.ts";

const MEBI = 1024 * 1024;
const LARGE = JSON.stringify({
  action: "create_event",
  data: { traceId: "t", input: "x".repeat(4 * MEBI - 200) },
});

let world: World;
beforeAll(async () => {
  world = await buildWorld();
});
afterAll(() => world.stop());

const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});

/** The beginning of a body, and then nothing. Resolves when it has been sent. */
function stall(headers: Record<string, string>, begun: string, declared?: number): Promise<void> {
  const { hostname, port } = new URL(world.edge.url);
  const length =
    declared === undefined ? { "transfer-encoding": "chunked" } : { "content-length": declared };
  const head = Object.entries({ host: "edge.test", ...length, ...headers })
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join("");
  const chunk = declared === undefined ? `${begun.length.toString(16)}\r\n${begun}\r\n` : begun;
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(`POST /api/langfuse/trace HTTP/1.1\r\n${head}\r\n${chunk}`, () => resolve());
    });
    // The edge may answer and close before all is written.
    socket.on("error", () => resolve());
    socket.resume();
    sockets.push(socket);
  });
}
const stallMany = (count: number, ...stalled: Parameters<typeof stall>): Promise<void[]> =>
  Promise.all(Array.from({ length: count }, () => stall(...stalled)));

const page = async (sub: string, address: string): Promise<Record<string, string>> => ({
  "content-type": "application/json",
  "cf-connecting-ip": address,
  origin: PAGE,
  authorization: `Bearer ${await world.token({ sub, sid: sub })}`,
});
const sendLarge = async (): Promise<RawAnswer> =>
  sendRaw(world.edge.url, { headers: await page("ada", "10.1.0.1"), body: LARGE });

describe("uploads of one token holder that stall", () => {
  test.each<[string, number, number, number | undefined]>([
    ["large, with a length", 8, 3.9 * MEBI, 3.95 * MEBI],
    ["large, in chunks", 8, 3.9 * MEBI, undefined],
    ["small", 320, 60_000, 64_000],
  ])("leave room for others' large bodies: %s", async (_, count, begun, declared) => {
    const headers = await page("mallory", "10.0.0.1");
    await stallMany(count, headers, "x".repeat(begun), declared && Math.trunc(declared));
    // Its own next one shows that they have arrived, and hold what they may.
    await until(async () => {
      const own = await sendRaw(world.edge.url, { headers, body: LARGE });
      return own.status === 503;
    });
    expect((await sendLarge()).status).toBe(200);
  });
});

test("beacons that stall before they have said who speaks leave room for callers' large bodies", async () => {
  const headers = { "content-type": "text/plain", "cf-connecting-ip": "10.0.0.2" };
  await stallMany(600, headers, `Bearer ${"x".repeat(7900)}`, 60_000);
  await until(async () => {
    const body = `Bearer ${"x".repeat(3000)}`;
    const own = await sendRaw(world.edge.url, { headers, body });
    return own.status === 503;
  });
  expect((await sendLarge()).status).toBe(200);
});

test("senders that are gone hold nothing: three of the largest bodies are taken at once", async () => {
  const headers = await page("mallory", "10.0.0.3");
  for (let round = 0; round < 10; round += 1) {
    await stallMany(4, headers, "x".repeat(3 * MEBI), round % 2 === 0 ? 4 * MEBI : undefined);
    for (const socket of sockets.splice(0)) socket.destroy();
  }
  await until(async () => {
    const three = ["ada", "ben", "cleo"].map(async (name, n) =>
      sendRaw(world.edge.url, { headers: await page(name, `10.1.0.${n}`), body: LARGE }),
    );
    return (await Promise.all(three)).every(({ status }) => status === 200);
  });
});
