import { runInDurableObject } from "cloudflare:test";
import { received, type TestSession } from "../support.ts";

/** A delivered turn as the sink has it. */
export const TURN = ["trace x1", "ui x1", "call x1"].toSorted();
export const spans = async (): Promise<string[]> => (await received()).spans.toSorted();
export const pending = async (session: TestSession): Promise<number> =>
  (await session.stub().pending()).pending;
/** In how many seconds; undefined for none. */
export const alarmIn = async (session: TestSession): Promise<number | undefined> => {
  const at = await runInDurableObject(session.stub(), (_object, state) => state.storage.getAlarm());
  return at === null ? undefined : (at - Date.now()) / 1000;
};
