// The lines of `debug`, as the docs' troubleshooting shows them.
import type { Result } from "../types.ts";
import type { Options } from "../send/options.ts";

/** A call and what becomes of it; nothing: the client is there. */
export type CallLine = [
  verb?: string,
  kind?: string,
  data?: { name?: unknown; traceId?: unknown },
  result?: Promise<Result>,
];

export async function logCall(
  { endpoint, publicKey }: Options,
  ...[verb, kind = "", { name, traceId } = {}, result]: CallLine
): Promise<void> {
  // oxlint-disable-next-line no-console -- asked for by `debug`
  const { log } = console;
  const type = kind.toLowerCase();
  const isNew = verb === "create";
  if (!verb) {
    log("Langfuse Enhanced client using server-side proxy:", {
      environment: "document" in globalThis ? "browser" : "server",
      baseUrl: endpoint,
      publicKeyConfigured: !!publicKey,
      usingProxy: true,
    });
    return;
  }
  if (isNew) log(`Creating ${type} via proxy:`, name);
  const told = await result;
  const done =
    isNew && kind === "Trace"
      ? "Created new langfuse trace"
      : `${kind} ${verb.replace(/e?$/, "ed")}`;
  log(`${told?.success ? done : `Failed to ${verb} ${type}`} via proxy:`, traceId, told);
}
