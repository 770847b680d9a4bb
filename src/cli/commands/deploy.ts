import { join, resolve } from "node:path";
import { type Command, type OptionValues, textOption } from "../command.ts";
import { secretsOf, varsOf, workerName } from "../deploy/answers.ts";
import { addressIn, pageLines } from "../deploy/config.ts";
import { fillFolder, hasConfig, isUndeployed, markDeployed } from "../deploy/folder.ts";
import { withSecrets } from "../deploy/secrets-file.ts";
import { wranglerProgram } from "../deploy/wrangler.ts";
import { edgeClient } from "../edge-client.ts";
import { CommandError, EXIT, type ExitCode } from "../exit-codes.ts";
import type { Machine, Shell } from "../shell.ts";

/** A new address is known everywhere within seconds, mostly. */
const HEALTHY_WITHIN_MS = 90_000;
const LOOK_EVERY_MS = 3_000;

export const deploy: Command = {
  name: "deploy",
  summary: "puts an edge into your Cloudflare account",
  details:
    "Asks for your Langfuse keys (or takes LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY), writes a folder with the\n" +
    "Worker and its wrangler.toml, and has wrangler make the queue, the secrets and the Worker; wrangler asks you to\n" +
    "log in, or takes CLOUDFLARE_API_TOKEN. Pages get in by session tokens (AUTH=token). Run again in the same place\n" +
    "it deploys this version with the folder's wrangler.toml, which is yours to edit, and leaves the secrets.\n" +
    "Exit code 1: deployed, but not healthy.",
  examples: [
    "npx langfuse-edge deploy",
    "npx langfuse-edge deploy --origins https://app.example.com --mask all",
    "CLOUDFLARE_API_TOKEN=… npx langfuse-edge deploy --name chat-edge   # in a pipeline: nothing is asked",
  ],
  asksNoEdge: true,
  options: {
    name: { type: "string", value: "<name>", help: "of the Worker (langfuse-edge)" },
    "base-url": {
      type: "string",
      value: "<url>",
      help: "where Langfuse is (else LANGFUSE_BASE_URL)",
    },
    origins: { type: "string", value: "<list>", help: "origins of your pages, with commas" },
    mask: { type: "string", value: "<list>", help: "personal data to mask, such as all" },
    folder: { type: "string", value: "<path>", help: "where its files go (./<name>)" },
    url: { type: "string", value: "<url>", help: "where it will be, if not on workers.dev" },
    wrangler: { type: "string", value: "<command>", help: 'your own, such as "pnpm wrangler"' },
    "dry-run": { type: "boolean", help: "write the folder, and deploy nothing" },
    json: { type: "boolean", help: "print the address and the health as JSON, for programs" },
  },
  run: async ({ values, shell }) => {
    const { machine } = shell;
    if (machine === undefined)
      throw new CommandError(EXIT.usage, "this needs a machine of its own");
    const name = workerName(values);
    const folder = resolve(machine.folder, textOption(values, "folder") ?? name);
    const isKept = hasConfig(folder);
    const isDry = values["dry-run"] === true;
    // A first try that only wrote the folder, or that wrangler could not finish, has sent no secret yet.
    const needsSecrets = !isDry && (!isKept || isUndeployed(folder));
    const secrets = needsSecrets ? await secretsOf(values, shell, machine) : undefined;
    const config = isKept ? undefined : { name, vars: await varsOf(values, machine) };
    const missing = fillFolder(folder, machine.packageFolder, config);
    shell.err(`${folder}: the Worker, and its wrangler.toml\n`);
    if (missing.length > 0) {
      const template = join(machine.packageFolder, "dist", "worker", "wrangler.toml");
      shell.err(
        `it lacks ${missing.join(", ")}, with migrations perhaps: copy them from ${template}\n`,
      );
    }
    const unheeded = isKept ? ["origins", "mask"].filter((one) => values[one] !== undefined) : [];
    for (const one of unheeded) {
      shell.err(
        `--${one} changes nothing: that wrangler.toml is yours by now; set it under [vars]\n`,
      );
    }
    if (isDry) return EXIT.ok;
    const said = await runWrangler(folder, secrets, values, machine);
    markDeployed(folder);
    const url = textOption(values, "url") ?? addressIn(said);
    if (url === undefined) {
      shell.err(
        "deployed; wrangler names no address on workers.dev: say --url to have it checked\n",
      );
      return EXIT.ok;
    }
    return tell(url.replace(/\/+$/, ""), values, shell, machine);
  },
};

async function runWrangler(
  folder: string,
  secrets: Readonly<Record<string, string>> | undefined,
  values: OptionValues,
  machine: Machine,
): Promise<string> {
  const program = [...wranglerProgram(machine, textOption(values, "wrangler")), "deploy"];
  const run = async (args: readonly string[]): Promise<string> => {
    const { code, said } = await machine.spawn([...program, ...args], { folder });
    if (code === 0) return said;
    const words = `wrangler ended with ${code}; mend what it says above, and run this again`;
    throw new CommandError(EXIT.attention, words);
  };
  if (secrets === undefined) return run([]);
  return withSecrets(secrets, (file) => run(["--secrets-file", file]));
}

async function tell(
  url: string,
  values: OptionValues,
  shell: Shell,
  machine: Machine,
): Promise<ExitCode> {
  const status = await statusOf(url, shell, machine);
  const isHealthy = status === "healthy";
  if (values["json"] === true) {
    shell.out(`${JSON.stringify({ url, status, healthy: isHealthy })}\n`);
    return isHealthy ? EXIT.ok : EXIT.attention;
  }
  shell.out(`\n${url} is ${status}.\n`);
  if (!isHealthy) {
    shell.out(`What is wrong, and how to mend it:\n  npx langfuse-edge doctor --url ${url}\n`);
    return EXIT.attention;
  }
  shell.out(`
For a page:

${pageLines(url)}
/langfuse-token is a route of your own server, which knows who is logged in:

  import { createToken } from "langfuse-edge/server";   // Python: from langfuse_edge import create_token
  Response.json(await createToken({ sessionId, userId }, { url: "${url}" }));

Check it:  npx langfuse-edge doctor --url ${url} --page https://app.example.com
`);
  return EXIT.ok;
}

async function statusOf(url: string, shell: Shell, machine: Machine): Promise<string> {
  const client = edgeClient({ env: {}, fetch: shell.fetch }, url, false);
  const until = shell.now() + HEALTHY_WITHIN_MS;
  for (;;) {
    try {
      const { body } = await client.ask<{ status: string }>("/trace");
      if (body.status === "healthy" || shell.now() >= until) return body.status;
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      if (shell.now() >= until) return "not to be reached yet";
    }
    await machine.wait(LOOK_EVERY_MS);
  }
}
