// The built session object, with an alarm that may break off or stay silent, and what the harness asks of it.
import { Session as BuiltSession } from "../../../src/index.ts";
import type { Env } from "../../../src/bindings.ts";
import type { AlarmMode, StoredObject } from "./orders.ts";
import { faultyQueue } from "./queue.ts";
import { alarms, withFaultyStorage } from "./storage.ts";

const BROKEN_ALARMS = 2;

let mode: AlarmMode = "well";
const broken = new Map<string, number>();
export const alarmFaults = { broken: 0, silent: 0 };

export function orderAlarms(next: AlarmMode): void {
  mode = next;
}

export class Session extends BuiltSession {
  constructor(ctx: DurableObjectState, env: Env) {
    super(withFaultyStorage(ctx), { ...env, CLAIMS: faultyQueue(env.CLAIMS) });
  }

  override async alarm(): Promise<void> {
    const id = this.ctx.id.toString();
    if (mode === "silent") {
      alarmFaults.silent += 1;
      return;
    }
    alarms.delete(id);
    const times = broken.get(id) ?? 0;
    if (mode === "throw" && times < BROKEN_ALARMS) {
      broken.set(id, times + 1);
      alarmFaults.broken += 1;
      throw new Error("the alarm broke off");
    }
    await super.alarm();
  }

  /** The alarm that is set, set anew: the clock has jumped. */
  async faultsArm(): Promise<void> {
    const at = await this.ctx.storage.getAlarm();
    if (at !== null) await this.ctx.storage.setAlarm(at);
  }

  /** Its journal can't be read from now on. */
  async faultsSpoil(): Promise<void> {
    const { kv } = this.ctx.storage;
    const [first] = [...kv.list<string>({ prefix: "journal/" })];
    if (first !== undefined) kv.put(first[0], `${first[1].slice(0, -20)}\n`);
    this.#coldNextTime();
  }

  async faultsBegin(chunks: readonly string[]): Promise<void> {
    for (const [index, chunk] of chunks.entries()) {
      this.ctx.storage.kv.put(`journal/${String(index).padStart(8, "0")}`, chunk);
    }
    this.#coldNextTime();
  }

  async faultsTell(): Promise<StoredObject> {
    const all = [...this.ctx.storage.kv.list()];
    const length = all.reduce((sum, [, value]) => sum + (JSON.stringify(value) ?? "").length, 0);
    const chunks = all
      .filter(([key]) => key.startsWith("journal/"))
      .map(([, value]) => String(value));
    return { id: this.ctx.id.toString(), keys: all.length, length, chunks };
  }

  /** After this answer: an abort undoes what is not written yet. */
  #coldNextTime(): void {
    this.ctx.waitUntil(this.ctx.storage.sync().then(() => this.ctx.abort("cold")));
  }
}
