import type { Note } from "../../protocol/json/safe.ts";
import type { WireAction } from "../../protocol/wire.ts";
import type { TraceIdFormat } from "../../protocol/ids.ts";
import type { Privacy } from "../../privacy/privacy.ts";
import type { PriceLookup, Settings } from "../../settings/index.ts";
import type { Bound, Caller } from "../access/caller.ts";
import { omitUndefined } from "../omit-undefined.ts";
import { keptCountry } from "./country.ts";

/** The fields of a request that hold for all of its actions. */
export interface Envelope {
  sessionId?: string;
  clientId?: string;
  /** Epoch ms, by the client's clock. */
  sentAt?: number;
}

/** All that is needed to interpret an action, beside the request. */
export interface InterpretContext {
  traceIdFormat: TraceIdFormat;
  /** The edge's own environment, for scores that name none. */
  environment?: string;
  /** The caller's bounds. */
  bound?: Bound;
  /** Masks and drops; absent where nothing is to be masked or dropped. */
  privacy?: Privacy;
  /** What models cost; absent where nobody has set it. */
  modelPrices?: PriceLookup;
  now: number;
  /** Of a page's request, for its traces. */
  country?: string;
  /** Whole numbers of the request's JSON that became text. */
  longIntegers?: ReadonlySet<string>;
  /** Notes on changes in the envelope, for each trace. */
  traceNotes?: readonly string[];
}

/** One action while it is read. */
export interface ActionContext extends InterpretContext {
  envelope: Envelope;
  wire: WireAction;
  /** After masking and dropping. */
  data: Readonly<Record<string, unknown>>;
  /** When it happened, if the client gave a believable time. */
  at: number | undefined;
  note: Note;
}

/** The context of every action of a request. */
export function interpretContext(
  {
    traceIdFormat,
    assembly,
    privacy,
    modelPrices,
  }: Pick<Settings, "traceIdFormat" | "assembly" | "privacy" | "modelPrices">,
  caller: Caller,
  now: number,
  country?: string,
): InterpretContext {
  const on = privacy.kind === "on" ? privacy.privacy : undefined;
  const { userId: _dropped, ...withoutUser } = caller;
  return {
    traceIdFormat,
    now,
    // A token's user is dropped like one that a client names.
    bound: on?.dropsUser === true ? withoutUser : caller,
    ...omitUndefined({
      environment: assembly.environment,
      privacy: on,
      modelPrices,
      country: caller.writer === "browser" ? keptCountry(country, on) : undefined,
    }),
  };
}
