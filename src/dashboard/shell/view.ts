// What a view gets and what it is. A view is made anew where the address changes, and goes with its signal.
import type { Api } from "../access/api.ts";
import type { Problem } from "../access/problem.ts";
import type { Choices } from "./route.ts";

export type Lamp = "good" | "warn" | "bad" | "";

export interface ViewContext {
  api: Api;
  choices: Choices;
  /** Changes some choices, and with them the address. */
  choose: (changes: Choices) => void;
  /** The edge's clock, epoch ms, as far as it is known. */
  now: () => number;
  /** Says what is wrong; undefined: nothing is any more. */
  tellProblem: (problem: Problem | undefined) => void;
  /** The lamp beside the name: how the figures come. */
  lamp: (tone: Lamp, words: string) => void;
  /** Aborted when the view goes. */
  signal: AbortSignal;
}

export type View = (context: ViewContext) => HTMLElement;
