import type { Env } from "../../bindings.ts";
import { objectsOf } from "../../objects.ts";
import { liveName } from "../../protocol/live/name.ts";
import { settingsOf } from "../../settings/index.ts";
import { LiveTeller } from "./live-teller.ts";

/** No version's journal or letters have such a key. */
const NOTED = "watched";

/** The teller of an object, with its project's hub, if one is bound, within the borders that the settings name. */
export function liveTellerOf(ctx: DurableObjectState, env: Env): LiveTeller {
  const { storage, dashboard } = settingsOf(env);
  return new LiveTeller({
    hub: (project) => env.LIVE && objectsOf(env.LIVE, storage).byName(liveName(project)),
    waitUntil: (promise) => ctx.waitUntil(promise),
    now: () => Date.now(),
    wait: (ms, signal) => scheduler.wait(ms, signal && { signal }),
    content: dashboard.content,
    noted: () => ctx.storage.kv.get<number>(NOTED) ?? 0,
    note: (at) => ctx.storage.kv.put(NOTED, at),
  });
}
