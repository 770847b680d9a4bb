// Ids of legacy clients as ids of Langfuse, by the rules of all others: scores, backends and late events of one
// trace meet. Pure.
import {
  derivedId,
  isPageTraceId,
  langfuseObservationId,
  langfuseTraceId,
  rootObservationId,
  traceRecordId,
} from "../../../protocol/ids.ts";
import { cutText, safeText } from "../../../protocol/json/safe.ts";
import { ownId } from "../../interpret/bound.ts";
import { MAX_LEGACY_ID_LENGTH } from "./read-event.ts";
import type { Reading } from "./fields.ts";
import { textOf } from "./fields.ts";
import type { LegacyContext } from "./context.ts";

const W3C_ID = /^[0-9a-f]{32}$/i;

export interface NamedTrace {
  langfuse: string;
  /** The client's own id, where it is another; at most so long as one may be. */
  raw?: string;
  /** A page began it, and this is a server that adds to it; or that may be so. */
  joined?: true;
  apart?: true;
}

/** An id in the body; undefined where there is none. */
export function idIn(reading: Reading, field: string): string | undefined {
  const text = textOf(reading, field);
  return text === undefined ? undefined : safeText(text, field, reading.note) || undefined;
}

/** @throws RefusalError where the caller may not write to it */
export function namedTrace(id: string, reading: Reading, context: LegacyContext): NamedTrace {
  const { traceIdFormat, writer } = context;
  const given = ownId(id, "traceId", context);
  const langfuse = langfuseTraceId(given, traceIdFormat);
  const isServer = writer === "server";
  return {
    langfuse,
    ...(isServer && isPageTraceId(given) && { joined: true }),
    // Langfuse's own form of an id: a server was handed it, or made it.
    ...(isServer && W3C_ID.test(given) && { apart: true }),
    ...rawOf(given, langfuse, reading),
  };
}

export interface NamedObservation {
  langfuse: string;
  raw?: string;
}

/** An observation's own id: never that of the root or of the trace record. */
export function namedObservation(trace: string, id: string, reading: Reading): NamedObservation {
  const found = langfuseObservationId(trace, id);
  const langfuse = isReserved(trace, found) ? movedId(trace, id) : found;
  return { langfuse, ...rawOf(id, langfuse, reading) };
}

/** The observation that an id speaks of: in hex digits also the root, whose id is published. */
export function observationNamed(trace: string, id: string): string {
  const found = langfuseObservationId(trace, id);
  return isReserved(trace, found) && found !== id.toLowerCase() ? movedId(trace, id) : found;
}

/** The id of what came without one: the same for a repeat of the event. */
export function derivedFrom(eventId: string): string {
  return derivedId("legacy", eventId);
}

function isReserved(trace: string, id: string): boolean {
  return id === rootObservationId(trace) || id === traceRecordId(trace);
}

function movedId(trace: string, id: string): string {
  return langfuseObservationId(trace, `${id}/observation`);
}

function rawOf(id: string, langfuse: string, { note }: Reading): { raw?: string } {
  return id === langfuse ? {} : { raw: cutText(id, MAX_LEGACY_ID_LENGTH, "id", note) };
}
