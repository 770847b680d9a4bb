// The calls between the sink's routes and its object.
import type {
  Api,
  Behaviour,
  BriefObservation,
  RequestCounts,
  SeenFinding,
  SeenTrace,
} from "./view/answers.ts";
import type { SinkRequest } from "./inspect/inspect.ts";

/** The answer that Langfuse would have given. */
export interface SinkAnswer {
  status: number;
  body: string;
  contentType: string;
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
