// A client of other people's, unchanged: how it is installed from its registry, the program that uses it, and what
// has to be in Langfuse when it has run through the edge. One folder a client; its recording is what it sent.
import type { WireSpan } from "../../support/recording-langfuse.ts";

export interface Client {
  /** Written by hand from what is known of its wire: nothing is installed and run. */
  requests?: readonly Recorded[];
  /** Programs that have to be on the PATH. */
  needs: readonly string[];
  /** Commands, run in the client's installed copy, once. */
  install: readonly (readonly string[])[];
  /** The program, run in that copy with the edge's address and keys in LANGFUSE_HOST, _PUBLIC_KEY and _SECRET_KEY. */
  run: readonly string[];
  /** Settings of the Worker beside the usual ones. */
  vars?: Readonly<Record<string, string>>;
  /** What Langfuse answers to what a client reads, by path. */
  reads?: Readonly<Record<string, unknown>>;
  /** Has all arrived that will? */
  isComplete: (arrived: Arrived) => boolean;
  /** Throws an assertion's error where what arrived is not what has to. */
  check: (arrived: Arrived) => void;
}

/** What a Langfuse of v4 has been sent. */
export interface Arrived {
  spans: readonly WireSpan[];
  scores: readonly Record<string, unknown>[];
}

/** One request of a client, as it was on the wire, without its credentials. */
export interface Recorded {
  method: string;
  /** With the query. */
  path: string;
  headers: Readonly<Record<string, string>>;
  /** Text, or base64 where the body is none. */
  body: string;
  encoding?: "base64";
}
