// What the load generator is told to do, as plain data.

/** How requests follow each other. */
export type Pace =
  /** So many a second, however long the answers take: latency counts from when a request was due. */
  | { kind: "open"; perSecond: number; seconds: number }
  /** Each client sends as soon as it has its answer. */
  | { kind: "closed"; clients: number; seconds: number; requests?: number };

export type Workload =
  /** The library's turn in sessions of so many turns: its first request is measured, the rest follows. */
  | { kind: "turns"; turnsPerSession: number }
  /** The seed's turn, each action a request. */
  | { kind: "singles" }
  /** Whole turns, two in a request of 20 actions, over so many sessions. */
  | { kind: "batches"; sessions: number }
  /** One whole turn a request, each of a session of its own. */
  | { kind: "sessions" };

export interface Plan {
  url: string;
  /** Makes the ids of this run its own. */
  run: string;
  access:
    | { kind: "nothing" }
    | { kind: "header"; value: string }
    /** A token for each session, signed by the generator. */
    | { kind: "token"; publicKey: string; secret: string };
  workload: Workload;
  pace: Pace;
  /** The library's turn as it was recorded. */
  turn: RecordedTurn;
}

/** Bodies of the requests that the browser library made for one chat turn. */
export interface RecordedTurn {
  bodies: string[];
}

/** Milliseconds. */
export interface Latency {
  count: number;
  p50: number;
  p90: number;
  p99: number;
  max: number;
  mean: number;
}

export interface LoadResult {
  latency: Latency;
  requests: number;
  /** Actions in requests that were answered with success. */
  actions: number;
  /** Observations that Langfuse should get of them. */
  observations: number;
  failed: number;
  /** What the first of them was answered, or why it was not. */
  failure?: string;
  /** From the first request to the last answer. */
  seconds: number;
  /** How late requests left because the generator itself was late, 99th percentile, ms. */
  lateP99: number;
}
