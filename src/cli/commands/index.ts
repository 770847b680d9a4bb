// Every command there is, in the order of help. A new one gets its line here.
import type { Command } from "../command.ts";
import { dashboard } from "./dashboard.ts";
import { health } from "./health.ts";
import { deleteLetters, listLetters, replayLetters, showLetter } from "./letters.ts";
import { outcomes } from "./outcomes.ts";

export const COMMANDS: readonly Command[] = [
  health,
  outcomes,
  dashboard,
  listLetters,
  showLetter,
  replayLetters,
  deleteLetters,
];
