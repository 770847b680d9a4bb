// The answers that a deployment needs: from options, else the environment, else the person at the terminal. Secrets are
// never options, since a process list shows those.
import { randomBytes } from "node:crypto";
import { readPrivacy } from "../../privacy/read-privacy.ts";
import { readOrigins } from "../../settings/origins.ts";
import { type OptionValues, textOption } from "../command.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import type { Machine, Shell } from "../shell.ts";

const NAME = /^[a-z0-9](?:[a-z0-9-]{0,52}[a-z0-9])?$/;
const CLOUD = "https://cloud.langfuse.com";
const SECRET_BYTES = 36;

export function workerName(values: OptionValues): string {
  const name = textOption(values, "name") ?? "langfuse-edge";
  if (NAME.test(name)) return name;
  throw new CommandError(EXIT.usage, "--name must be small letters, digits and -, at most 54");
}

/** Of a Worker that does not exist yet. */
export async function secretsOf(
  values: OptionValues,
  { env }: Pick<Shell, "env">,
  machine: Machine,
): Promise<Record<string, string>> {
  const asking = asker(env, machine);
  const publicKey = await asking("LANGFUSE_PUBLIC_KEY", "Langfuse public key (pk-lf-…): ");
  const secretKey = await asking("LANGFUSE_SECRET_KEY", "Langfuse secret key (sk-lf-…): ", {
    hidden: true,
  });
  const baseUrl = await optional(
    textOption(values, "base-url") ?? env["LANGFUSE_BASE_URL"],
    machine,
    `Where Langfuse is [${CLOUD}]: `,
  );
  const address = baseUrl || CLOUD;
  if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol)) {
    throw new CommandError(
      EXIT.usage,
      "--base-url must be an address such as https://cloud.langfuse.com",
    );
  }
  return {
    LANGFUSE_PUBLIC_KEY: publicKey,
    LANGFUSE_SECRET_KEY: secretKey,
    LANGFUSE_BASE_URL: address,
    AUTH_TOKEN_SECRET: env["AUTH_TOKEN_SECRET"] ?? randomBytes(SECRET_BYTES).toString("base64url"),
  };
}

/** The lines of a new `wrangler.toml`. */
export async function varsOf(
  values: OptionValues,
  machine: Machine,
): Promise<Record<string, string>> {
  const origins = await optional(
    textOption(values, "origins"),
    machine,
    "Origins of your pages, with commas (empty: none but the edge's own): ",
  );
  const mask = await optional(
    textOption(values, "mask"),
    machine,
    "Mask personal data: all, none, or names such as email,card [none]: ",
  );
  const vars = {
    AUTH: "token",
    ...(origins !== "" && { ALLOWED_ORIGINS: origins }),
    ...(mask !== "" && mask !== "none" && { MASK: mask }),
  };
  // The Worker would say so too, and let nobody in, or take nothing, until it is right.
  const problems: string[] = [];
  readOrigins(vars, problems);
  readPrivacy(vars, problems);
  if (problems[0] === undefined) return vars;
  const [words = ""] = problems[0].split(";");
  const option = words.startsWith("MASK") ? "--mask" : "--origins";
  throw new CommandError(EXIT.usage, words.replace(/^[A-Z_]+/, option));
}

function asker(env: Shell["env"], { ask }: Machine) {
  return async (variable: string, question: string, how?: { hidden: boolean }): Promise<string> => {
    const given = env[variable]?.trim();
    if (given) return given;
    const answer = (await ask?.(question, how))?.trim();
    if (answer) return answer;
    throw new CommandError(
      EXIT.usage,
      `set LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY in the environment (${variable} is missing)`,
    );
  };
}

async function optional(
  given: string | undefined,
  { ask }: Machine,
  question: string,
): Promise<string> {
  return (given ?? (await ask?.(question)) ?? "").trim();
}
