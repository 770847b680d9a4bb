// All questions, in the order of the table.
import type { Question } from "../question.ts";
import { access } from "./access.ts";
import { cpu } from "./cpu.ts";
import { fleet } from "./fleet.ts";
import { flush } from "./flush.ts";
import { hotSession } from "./hot-session.ts";
import { langfuseRequests } from "./langfuse-requests.ts";
import { langfuseTrouble } from "./langfuse-trouble.ts";
import { librarySize } from "./library-size.ts";
import { longSession } from "./long-session.ts";
import { money } from "./money.ts";
import { page } from "./page.ts";
import { serve } from "./serve.ts";
import { singleAndBatch } from "./single-and-batch.ts";
import { throughput } from "./throughput.ts";
import { live } from "./watching/live.ts";
import { watched } from "./watching/watched.ts";

export const QUESTIONS: readonly Question[] = [
  flush,
  langfuseTrouble,
  singleAndBatch,
  throughput,
  hotSession,
  longSession,
  fleet,
  langfuseRequests,
  cpu,
  money,
  librarySize,
  page,
  access,
  watched,
  live,
  serve,
];
