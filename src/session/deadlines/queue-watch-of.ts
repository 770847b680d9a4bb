import type { Env } from "../../bindings.ts";
import { objectsOf } from "../../objects.ts";
import { ledgerName } from "../../protocol/books/ledger-name.ts";
import { settingsOf } from "../../settings/index.ts";
import type { InstanceMemory } from "./alarm-time.ts";
import { QueueWatch } from "./queue-watch.ts";

/** The watch of an object, with its project's health within the borders that the settings name. */
export function queueWatchOf(
  ctx: DurableObjectState,
  env: Env,
  memory: InstanceMemory,
): QueueWatch {
  const { storage } = settingsOf(env);
  return new QueueWatch(ctx.id.toString(), memory, (project) =>
    objectsOf(env.HEALTH, storage).byName(ledgerName(project)),
  );
}
