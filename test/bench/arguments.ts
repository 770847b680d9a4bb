import { parseArgs } from "node:util";

export interface Arguments {
  /** Only these questions; without, all. */
  only: string[];
  rounds: number;
  /** Everything once, tiny, without judging. */
  smoke: boolean;
  /** Go on with what an earlier run has not measured. */
  resume: boolean;
  /** Make the results those of docs/performance.md. */
  accept: boolean;
  /** A deployed edge to measure instead. */
  url?: string;
  /** Bearer token for it … */
  token?: string;
  /** … or `public key:secret key`. */
  basic?: string;
}

export const USAGE = `npm run bench -- [--only question,…] [--rounds n] [--resume] [--accept]
npm run bench -- --url https://… (--token … | --basic pk:sk) [--rounds n]`;

const DEFAULT_ROUNDS = 5;

export function readArguments(args: string[]): Arguments {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: "string" },
      rounds: { type: "string" },
      smoke: { type: "boolean", default: false },
      resume: { type: "boolean", default: false },
      accept: { type: "boolean", default: false },
      url: { type: "string" },
      token: { type: "string" },
      basic: { type: "string" },
    },
  });
  const { only, rounds, smoke, resume, accept, url, token, basic } = values;
  const count = rounds === undefined ? DEFAULT_ROUNDS : Number(rounds);
  if (!Number.isInteger(count) || count < 1) throw new Error(`--rounds: a whole number\n${USAGE}`);
  return {
    only: only?.split(",").filter(Boolean) ?? [],
    rounds: smoke ? 1 : count,
    smoke,
    resume,
    accept,
    ...(url !== undefined && { url: url.replace(/\/+$/, "") }),
    ...(token !== undefined && { token }),
    ...(basic !== undefined && { basic }),
  };
}
