import type { Note } from "../../protocol/json/safe.ts";
import type { WireAction } from "../../protocol/wire.ts";
import type { TraceIdFormat } from "../../protocol/ids.ts";
import type { Bound } from "../caller.ts";
import type { Privacy } from "../../privacy/privacy.ts";

/** What a request says about all of its actions. */
export interface Envelope {
  sessionId?: string;
  clientId?: string;
  /** Epoch ms, by the client's clock. */
  sentAt?: number;
}

/** What the pure part of the edge knows besides the request. */
export interface InterpretContext {
  traceIdFormat: TraceIdFormat;
  /** The edge's own environment: of scores that name none. */
  environment?: string;
  /** What the caller's token binds. */
  bound?: Bound;
  /** What masks and drops; absent where nothing is to be. */
  privacy?: Privacy;
  now: number;
  /** Whole numbers of the request that became text. */
  longIntegers?: ReadonlySet<string>;
  /** What was changed of what the request says of all its traces. */
  traceNotes?: readonly string[];
}

/** One action while it is read. */
export interface ActionContext extends InterpretContext {
  envelope: Envelope;
  wire: WireAction;
  /** Without what must not be kept of people. */
  data: Readonly<Record<string, unknown>>;
  /** When it happened, as far as the client said so believably. */
  at: number | undefined;
  note: Note;
}
