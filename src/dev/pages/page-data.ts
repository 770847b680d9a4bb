// The data that the Worker hands to the scripts of its pages, as JSON inside the page. Only types.
import type { Behaviour } from "../sink/view/answers.ts";

export interface TurnLine {
  title: string;
  body: object;
  curl: string;
}

/** One way in which Langfuse can be trouble. */
export interface Preset {
  label: string;
  behaviour: Behaviour;
}

export interface DevPageData {
  usingSink: boolean;
  /** Where records go when it is not the sink. */
  baseUrl: string;
  turn: readonly TurnLine[];
  presets: readonly Preset[];
  tracePath: string;
  turnPath: string;
  deliveryPath: string;
  replayPath: string;
}

/** The answer of `GET /api/langfuse/outcomes`, as far as the page reads it. */
export interface OutcomesView {
  totals: {
    accepted: number;
    delivered: number;
    dead: number;
    pending: number;
    dropped: Readonly<Record<string, number>>;
  };
  balance: number;
  oldestPending: { ageSeconds: number } | null;
}

/** A dead letter of the same API. */
export interface DeadLetter {
  id: string;
  kind: string;
  reason: string;
  message: string;
  since: string;
  deaths: number;
  name?: string;
  record: object;
}

export interface DeliveryView {
  outcomes: OutcomesView;
  page: { letters: DeadLetter[]; total: number };
}
