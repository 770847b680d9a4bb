// Every command there is, in the order of help. A new one gets its line here.
import type { Command } from "../command.ts";
import { health } from "./health.ts";
import { deleteLetters, listLetters, replayLetters, showLetter } from "./letters.ts";
import { outcomes } from "./outcomes.ts";
import { serve } from "./serve.ts";

export const COMMANDS: readonly Command[] = [
  serve,
  health,
  outcomes,
  listLetters,
  showLetter,
  replayLetters,
  deleteLetters,
];
