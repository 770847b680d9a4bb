import type { Env } from "../../bindings.ts";
import { objectsOf } from "../../objects.ts";
import { ledgerName } from "../../protocol/books/ledger-name.ts";
import { settingsOf } from "../../settings/index.ts";
import type { InstanceMemory } from "../deadlines/alarm-time.ts";
import { LetterDesk, type LetterDeskDeps } from "./letter-desk.ts";

/** The desk of an object, with its project's ledger within the borders that the settings name. */
export function letterDeskOf(
  ctx: DurableObjectState,
  env: Env,
  memory: InstanceMemory,
  session: Pick<LetterDeskDeps, "state" | "read" | "commit" | "now">,
): LetterDesk {
  const { storage, deadLetterMs } = settingsOf(env);
  memory.keepLettersMs = deadLetterMs;
  return new LetterDesk({
    ...session,
    object: ctx.id.toString(),
    ledger: (project) => objectsOf(env.HEALTH, storage).byName(ledgerName(project)),
    memory,
    keepLettersMs: deadLetterMs,
    waitUntil: (work) => ctx.waitUntil(work),
  });
}
