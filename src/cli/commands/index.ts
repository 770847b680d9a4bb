// Every command there is, in the order of help. A new one gets its line here.
import type { Command } from "../command.ts";
import { dashboard } from "./dashboard.ts";
import { completion } from "./completion.ts";
import { deploy } from "./deploy.ts";
import { doctor } from "./doctor.ts";
import { health } from "./health.ts";
import { deleteLetters, listLetters, replayLetters, showLetter } from "./letters.ts";
import { outcomes } from "./outcomes.ts";
import { serve } from "./serve.ts";
import { token } from "./token.ts";

export const COMMANDS: readonly Command[] = [
  serve,
  deploy,
  doctor,
  token,
  health,
  outcomes,
  dashboard,
  listLetters,
  showLetter,
  replayLetters,
  deleteLetters,
  completion,
];
