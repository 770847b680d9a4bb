// The hooks of a Worker of one's own, as its author sees them: `langfuse-edge/worker` publishes these types.
import type { Fields, ObservationType, TraceFields, Writer } from "../protocol/change.ts";

/** Nothing is returned, and the item goes on as it is by then; or it is dropped, or refused. */
export type HookResult<Verdict> = void | Verdict | Promise<void | Verdict>;

/** Made by `drop()`: given up and counted in the books as `hook:{reason}`; the client is told that it was taken. */
export interface Drop {
  readonly drop: string;
}

/** Made by `refuse()`: the client is told so, with the code `refused_by_hook`, and does not send it again. */
export interface Refuse {
  readonly refuse: string;
}

/** A value of an OpenTelemetry attribute. Anything else that is set becomes JSON text. */
export type AttributeValue =
  | string
  | number
  | boolean
  | readonly AttributeValue[]
  | { readonly [key: string]: AttributeValue };
/** By name; one that is deleted, or set to null or undefined, is left out. */
export type Attributes = Record<string, AttributeValue | null | undefined>;

/** Ids, kinds and times of an item stay as they are, whatever is written to them: clients and backends join by them. */
interface Named {
  /** The trace's id in Langfuse; empty for a score of a session. */
  readonly traceId: string;
  /** The id in Langfuse: of the observation, of the trace's root, or of the score. */
  readonly id: string;
}

/** A change of a trace or of an observation, by one action of a client: an observation comes in several of these. */
export interface ChangeItem extends Named {
  readonly kind: "trace" | "observation";
  readonly op: "create" | "update" | "end";
  /** On a create of an observation. */
  readonly type?: ObservationType;
  /** Texts: what is no text was made JSON text. Times are epoch ms. */
  fields: Fields;
  /** Attributes that every observation of the trace carries. The session stays as it is. */
  trace: TraceFields;
  metadata: Record<string, string>;
  tags: string[];
}

export interface ScoreItem extends Named {
  readonly kind: "score";
  /** Langfuse's score body. */
  score: Record<string, unknown>;
}

/** A span that an OpenTelemetry client or an official SDK sent: it is complete. */
export interface SpanItem extends Named {
  readonly kind: "span";
  readonly parentId?: string;
  name: string;
  attributes: Attributes;
}

export type StoreItem = ChangeItem | ScoreItem | SpanItem;

/** The sender, as far as the edge knows it. */
export interface StoreContext {
  /** Of the Langfuse project. */
  readonly publicKey: string;
  readonly writer: Writer;
  /** Of a token, or of the request. */
  readonly sessionId?: string;
  /** Of a token. */
  readonly userId?: string;
  /** Of the request. */
  readonly headers: Headers;
}

/** A finished observation on its way to Langfuse, with Langfuse's own attributes. */
export interface ObservationDelivery extends Named {
  readonly kind: "observation";
  readonly parentId?: string;
  /** Epoch ms. */
  readonly startTime: number;
  name: string;
  /** Such as `langfuse.observation.input`, `langfuse.observation.metadata.{key}`, `user.id`. */
  attributes: Attributes;
}

export interface ScoreDelivery extends Named {
  readonly kind: "score";
  score: Record<string, unknown>;
}

export type DeliveryItem = ObservationDelivery | ScoreDelivery;

export interface DeliveryContext {
  readonly publicKey: string;
  /** 0 to 1, the same for all of a trace, every time: what is below a share is that share of the traces. */
  readonly place: number;
}

export interface Hooks {
  /**
   * Called with everything that is about to be stored, by whichever path it came, after the edge's own checks and
   * masking. The item may be changed in place. A hook that throws, or takes longer than a second, has what it was
   * called with refused with `hook_failed`: clients send it again later. Nothing is stored that it has not seen.
   */
  beforeStore?: (item: StoreItem, context: StoreContext) => HookResult<Drop | Refuse>;
  /**
   * Called once with each finished observation and score before it is first posted to Langfuse. The item may be
   * changed in place; the result is noted before the post, and a record that has to be sent again is sent byte for
   * byte. Where it throws, or all of a delivery's take longer than three seconds, the record becomes a dead letter
   * with the reason `hook_failed`: kept, and sent again when it is replayed.
   */
  beforeDelivery?: (item: DeliveryItem, context: DeliveryContext) => HookResult<Drop>;
}
