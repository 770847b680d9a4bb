// What the Worker hands to the scripts of its pages, as JSON inside the page. Only types.
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
}
