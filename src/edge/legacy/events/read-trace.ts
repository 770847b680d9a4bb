// A trace record of a legacy client: `trace-create`, also where it is sent again to add something. Pure.
import type { Change } from "../../../protocol/change.ts";
import { traceRecordId } from "../../../protocol/ids.ts";
import { omitUndefined, omitUndefinedOrNone } from "../../omit-undefined.ts";
import { readLabel, readName, readOwnerId } from "../../fields/read-values.ts";
import { ownSession, ownUser } from "../../interpret/bound.ts";
import type { LegacyContext } from "./context.ts";
import {
  environmentOf,
  isWeak,
  metadataOf,
  type Reading,
  tagsOf,
  textOf,
  timeOf,
  valueOf,
} from "./fields.ts";
import type { NamedTrace } from "./ids.ts";

/** Fields that say something of the trace as a whole, and nothing of a record of it. */
const WIDE: ReadonlySet<string> = new Set(["id", "tags", "environment", "public"]);

/**
 * @param at of the event, epoch ms
 * @throws RefusalError where the caller may not say so
 */
export function readTrace(
  trace: NamedTrace,
  reading: Reading,
  at: number,
  context: LegacyContext,
): Change {
  const { body, note } = reading;
  const name = readName(textOf(reading, "name"), note);
  // Newer SDKs send a trace's tags alone: the trace itself comes by another way.
  const given = Object.keys(body).filter((key) => body[key] !== null && body[key] !== undefined);
  const isRecord = given.some((key) => !WIDE.has(key));
  const fields = omitUndefinedOrNone({
    name,
    startTime: isRecord ? (timeOf(reading, "timestamp") ?? at) : undefined,
    input: valueOf(reading, "input"),
    output: valueOf(reading, "output"),
  });
  const weak = (["input", "output"] as const).filter((field) => isWeak(reading, field));
  return {
    kind: "change",
    op: isRecord ? "create" : "update",
    trace: trace.langfuse,
    target: traceRecordId(trace.langfuse),
    root: true,
    legacy: true,
    ...(weak.length > 0 && { weak }),
    ...omitUndefined({
      joined: trace.joined,
      apart: trace.apart,
      rawTrace: trace.raw,
      fields,
      traceFields: omitUndefinedOrNone({
        // It adds to a page's trace, and does not rename it.
        name: trace.joined ? undefined : name,
        sessionId: ownSession(
          readOwnerId(textOf(reading, "sessionId"), "sessionId", note),
          context,
        ),
        userId: ownUser(readOwnerId(textOf(reading, "userId"), "userId", note), context),
        release: readLabel(textOf(reading, "release"), "release", note),
        version: readLabel(textOf(reading, "version"), "version", note),
        environment: environmentOf(reading),
        public: publicOf(reading, context),
      }),
      metadata: metadataOf(reading),
      tags: tagsOf(reading),
    }),
  };
}

function publicOf({ body, note }: Reading, { bound }: LegacyContext): boolean | undefined {
  const given = body["public"];
  if (typeof given !== "boolean") return undefined;
  if (!given || bound?.fromPage !== true) return given;
  note("public: only a server makes a trace public, left out");
  return undefined;
}
