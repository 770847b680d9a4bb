// The calls between the sink's routes and its object.
import type { Finding } from "./inspect/finding.ts";
import type { Api, SinkRequest } from "./inspect/inspect.ts";
import type { BriefObservation } from "./observation.ts";
import type { SeenTrace } from "./trace.ts";

/** What Langfuse would have answered. */
export interface SinkAnswer {
  status: number;
  body: string;
  contentType: string;
}

export interface SeenFinding extends Finding {
  /** Epoch ms. */
  at: number;
}

/** How the stand-in misbehaves, to try failures. Empty: it works. */
export interface Behaviour {
  /** Answer with this error instead of taking anything. */
  status?: number | undefined;
  /** Wait this long before answering. */
  delayMs?: number | undefined;
  /** Seconds or an HTTP date, beside `status`. */
  retryAfter?: string | number | undefined;
  /** Answer with a login page. */
  html?: boolean | undefined;
  /** Redirect to this URL. */
  redirect?: string | undefined;
  /** For this many requests; then it works again. Without it: until it is set anew. */
  times?: number | undefined;
}

export interface RequestCounts {
  /** By API and status of the answer. */
  answers: { api: Api; status: number; count: number }[];
  /** Traces dropped because the sink is bounded. */
  dropped: number;
  /** Changes with all that the sink stores. */
  revision: number;
}

export interface SinkCalls {
  receive(request: SinkRequest): Promise<SinkAnswer>;
  /** The newest first, without large texts. */
  traces(limit: number): Promise<SeenTrace<BriefObservation>[]>;
  trace(id: string): Promise<SeenTrace | undefined>;
  /** The newest first. */
  findings(): Promise<SeenFinding[]>;
  requests(): Promise<RequestCounts>;
  /** Forgets everything but the behaviour. */
  clear(): Promise<void>;
  behave(behaviour: Behaviour): Promise<void>;
  behaviour(): Promise<Behaviour>;
  /** The behaviour for a request that came in; counts `times` down, and the answer it leads to. */
  nextBehaviour(api: Api): Promise<Behaviour>;
}
