// Carries out an order of the harness inside the runtime.
import type { Env } from "../../../src/bindings.ts";
import { objectName } from "../../../src/protocol/ids.ts";
import { jump } from "./clock.ts";
import { deadConsumers, orderConsumer } from "./consumer.ts";
import { deaths } from "./deaths.ts";
import type { Happened, Orders, StoredObject } from "./orders.ts";
import { orderQueue } from "./queue.ts";
import { alarmFaults, orderAlarms, type Session } from "./session.ts";
import { alarms, failures, known, orderStorage } from "./storage.ts";

/** Objects that one request calls: a Worker may make a thousand calls. */
const PAGE = 500;
const AT_ONCE = 50;
const SOON_MS = 120_000;

type Faulty = Pick<Session, "faultsArm" | "faultsSpoil" | "faultsBegin" | "faultsTell">;
const objectOf = (env: Env, id: DurableObjectId): Faulty => env.SESSION.get(id) as object as Faulty;

async function doWith(
  object: Faulty,
  id: string,
  what: Orders["objects"]["do"],
): Promise<StoredObject> {
  if (what === "tell") return object.faultsTell();
  await (what === "arm" ? object.faultsArm() : object.faultsSpoil());
  return nothingOf(id);
}

const nothingOf = (id: string): StoredObject => ({ id, keys: 0, length: 0, chunks: [] });

/** To call all objects at each jump would keep them in memory. An alarm further ahead waits for a later one. */
const isSoon = (id: string): boolean => (alarms.get(id) ?? 0) <= Date.now() + SOON_MS;

async function each({ from, do: what }: Orders["objects"], env: Env): Promise<StoredObject[]> {
  const ids = [...known].slice(from, from + PAGE);
  const stored: StoredObject[] = [];
  const lane = async (): Promise<void> => {
    for (let id = ids.pop(); id !== undefined; id = ids.pop()) {
      const isMeant = what !== "arm" || isSoon(id);
      const object = objectOf(env, env.SESSION.idFromString(id));
      stored.push(isMeant ? await doWith(object, id, what) : nothingOf(id));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return stored;
}

async function journal(
  { session, chunks }: Orders["journal"],
  env: Env & { LANGFUSE_PUBLIC_KEY?: string },
): Promise<string[]> {
  const project = env.LANGFUSE_PUBLIC_KEY ?? "";
  const name = objectName({ project, owner: "server", kind: "session", value: session });
  const object = objectOf(env, env.SESSION.idFromName(name));
  if (chunks === undefined) return (await object.faultsTell()).chunks;
  await object.faultsBegin(chunks);
  return chunks;
}

const happened = (): Happened => ({
  deaths,
  deadConsumers: deadConsumers.size,
  failedWrites: failures.writes,
  brokenAlarms: alarmFaults.broken,
  silentAlarms: alarmFaults.silent,
});

export async function obey(order: string, told: unknown, env: Env): Promise<unknown> {
  const of = <Name extends keyof Orders>(_name: Name): Orders[Name] => told as Orders[Name];
  switch (order) {
    case "queue":
      return orderQueue(of("queue"));
    case "consumer":
      return orderConsumer(of("consumer"));
    case "storage":
      return orderStorage(of("storage").mode);
    case "alarms":
      return orderAlarms(of("alarms").mode);
    case "clock":
      return jump(of("clock").byMs);
    case "objects":
      return each(of("objects"), env);
    case "journal":
      return journal(of("journal"), env);
    case "happened":
      return happened();
    default:
      throw new Error(`no such order: ${order}`);
  }
}
