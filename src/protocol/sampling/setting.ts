// SAMPLING as an operator writes it, schema first. Pure. Whatever is not understood is a mistake by name.
import * as z from "zod";
import { MAX_NAME_LENGTH } from "../limits.ts";
import type { Sampling, SamplingRule } from "./rule.ts";

export type { Sampling };

const MAX_RULES = 20;
const MAX_ENTRIES = 100;
export const MAX_SCORE_WAIT_SECONDS = 900;
const DEFAULT_SCORE_WAIT_SECONDS = 300;

const share = z
  .number({ error: "must be a number from 0 to 1" })
  .min(0, { error: "must be a number from 0 to 1" })
  .max(1, { error: "must be a number from 0 to 1" });
const yes = z.literal(true, { error: "must be true, or left out" }).optional();
const listError = `must be a list of 1 to ${MAX_ENTRIES} texts of at most ${MAX_NAME_LENGTH} characters`;
const list = z
  .array(
    z
      .string({ error: listError })
      .min(1, { error: listError })
      .max(MAX_NAME_LENGTH, { error: listError }),
    {
      error: listError,
    },
  )
  .min(1, { error: listError })
  .max(MAX_ENTRIES, { error: listError })
  .optional();
const ms = "must be a number of milliseconds, more than 0";
const waitError = `must be a number of seconds from 0 to ${MAX_SCORE_WAIT_SECONDS}`;

const RULE_KEYS =
  "failed, scored, tool, slowerThanMs, tools, assistants, users, environments, variants, share";
const rule = z
  .strictObject(
    {
      failed: yes,
      scored: yes,
      tool: yes,
      slowerThanMs: z.number({ error: ms }).positive({ error: ms }).optional(),
      tools: list,
      assistants: list,
      users: list,
      environments: list,
      variants: list,
      share: share.optional(),
    },
    { error: `must be an object of ${RULE_KEYS}, and nothing else` },
  )
  .refine((one) => Object.keys(one).some((key) => key !== "share"), {
    error: "needs a condition",
  });

export const samplingSetting = z.strictObject(
  {
    rules: z
      .array(rule, { error: "must be a list" })
      .max(MAX_RULES, { error: `may have at most ${MAX_RULES} rules` })
      .optional(),
    share,
    scoreWaitSeconds: z
      .number({ error: waitError })
      .min(0, { error: waitError })
      .max(MAX_SCORE_WAIT_SECONDS, { error: waitError })
      .optional(),
  },
  { error: "must be an object of rules, share and scoreWaitSeconds, and nothing else" },
);

/** The setting as it is pinned; undefined where it leaves nothing out. */
export function samplingOf(setting: z.output<typeof samplingSetting>): Sampling | undefined {
  const { rules = [], share: rest, scoreWaitSeconds } = setting;
  const sampling: Sampling = { rules: rules as SamplingRule[], share: rest };
  if (rest === 1 && rules.every((one) => (one.share ?? 1) === 1)) return undefined;
  const waits =
    scoreWaitSeconds ?? (rules.some(({ scored }) => scored) ? DEFAULT_SCORE_WAIT_SECONDS : 0);
  return waits > 0 && rules.some(({ scored }) => scored)
    ? { ...sampling, scoreWaitSeconds: waits }
    : sampling;
}
