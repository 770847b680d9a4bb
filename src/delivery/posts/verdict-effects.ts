// Langfuse's answer -> its effects on each record of the request. Pure. An answer that names records, or
// that came to a record alone, decides about those; any other makes parts to post instead.
import type { Rejection, Verdict } from "../../langfuse/classify.ts";
import type { SentVerdict } from "./pass-room.ts";
import type { NotTaken } from "./judging/blame.ts";
import { type Failing, type Failure, failureOfEvent } from "./failure.ts";
import {
  type Batch,
  type EncodedRecord,
  halvesByBytes,
  halvesByCount,
  halvesByLease,
  leasesOf,
} from "./pack.ts";

export interface Effects {
  delivered: readonly EncodedRecord[];
  /** Records that Langfuse named, or had alone, and did not take. */
  notTaken: readonly NotTaken[];
  /** A record that is too large even alone. */
  tooLarge?: EncodedRecord;
  /** Requests to be posted instead of this one. */
  parts: readonly Batch[];
}

/** A verdict that decides about records, or shows how to find out. */
export type Decisive = Exclude<SentVerdict, Failing>;

export function effectsOf(batch: Batch, verdict: Decisive): Effects {
  const { records } = batch;
  const alone = aloneIn(batch);
  switch (verdict.kind) {
    case "delivered":
      return { delivered: records, notTaken: [], parts: [] };
    case "partly":
      return ofEvents(records, verdict.refused);
    case "rejected":
      return ofRejection(batch, verdict);
    case "too_large":
      if (alone === undefined) return toParts(halvesByBytes(batch));
      return { delivered: [], notTaken: [], tooLarge: alone, parts: [] };
    case "bad_request": {
      if (alone === undefined) return toParts(halvesByCount(batch));
      const { about, message } = verdict;
      return { delivered: [], notTaken: [refused(alone, about, message)], parts: [] };
    }
  }
}

/** The record of a request that holds no other. */
export function aloneIn({ records: [first, second] }: Batch): EncodedRecord | undefined {
  return second === undefined ? first : undefined;
}

/** The next step after a request that failed without a word about its records. */
export type AfterFailure = "defer" | "not_taken" | readonly Batch[];

export interface FailureContext {
  /** The request's only record was set aside before. */
  setAsideBefore: boolean;
  apart: boolean;
  proven: boolean;
  stopped: boolean;
}

export function afterFailure(
  batch: Batch,
  failure: Failure,
  { setAsideBefore, apart, proven, stopped }: FailureContext,
): AfterFailure {
  if (failure.class === "rate_limited") return "defer";
  const isAlone = aloneIn(batch) !== undefined;
  if (isAlone && (setAsideBefore || apart || proven)) return "not_taken";
  // After a hang there is no time left to try parts: the sessions are tried apart the next time.
  const triesParts = proven && !stopped && failure.class !== "timeout";
  if (!triesParts || isAlone) return "defer";
  return leasesOf(batch).size > 1 ? halvesByLease(batch) : halvesByCount(batch);
}

/** An answer that speaks of each event: what it does not name was taken. */
function ofEvents(records: readonly EncodedRecord[], rejections: readonly Rejection[]): Effects {
  const byId = new Map(rejections.map((rejection) => [rejection.id, rejection]));
  const notTaken = records.flatMap((record): NotTaken[] => {
    const rejection = byId.get(record.id);
    if (rejection === undefined) return [];
    const { about, message, status } = rejection;
    if (about !== "moment") return [refused(record, about, message)];
    const failure = failureOfEvent(status, message);
    return [{ record, how: "failed", about: "unsaid", failure, message }];
  });
  return { delivered: records.filter(({ id }) => !byId.has(id)), notTaken, parts: [] };
}

/**
 * A 2xx that did not take every span. The words may name them; else the parts are posted again, which
 * Langfuse knows for the same bytes: a span that was not taken must not count as delivered.
 */
function ofRejection(
  batch: Batch,
  { count, message }: Extract<Verdict, { kind: "rejected" }>,
): Effects {
  const { records } = batch;
  const named = records.filter(({ id }) => message.includes(id));
  const guilty = records.length === 1 ? records : named.length === count ? named : undefined;
  if (guilty === undefined) return toParts(halvesByCount(batch));
  return {
    delivered: records.filter((record) => !guilty.includes(record)),
    notTaken: guilty.map((record) => refused(record, "record", message)),
    parts: [],
  };
}

function toParts(parts: readonly Batch[]): Effects {
  return { delivered: [], notTaken: [], parts };
}

function refused(record: EncodedRecord, about: NotTaken["about"], message: string): NotTaken {
  const failure: Failure = { class: "request_refused", message };
  return { record, how: "refused", about, failure, message };
}
