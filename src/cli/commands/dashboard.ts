// `dashboard`: a link to the pages of /dashboard that opens once, for somebody who has no keys in the browser. The
// link's code is in its fragment, which no server and no log ever sees.
import {
  CODE_FRAGMENT,
  DASHBOARD_PATH,
  type ReadCodeBody,
  type ReadTokenBody,
  TOKEN_FRAGMENT,
} from "../../protocol/live/read-access.ts";
import { type Command, EDGE_OPTIONS, textOption } from "../command.ts";
import type { EdgeClient } from "../edge-client.ts";
import { CommandError, EXIT } from "../exit-codes.ts";

const MAX_HOURS = 12;

export const dashboard: Command = {
  name: "dashboard",
  summary: "open the edge's dashboard in the browser",
  details:
    "Makes a link that is good once, within two minutes, and opens it. What it opens sees the project's figures, and " +
    "changes nothing; it ends after an hour, or --hours.",
  examples: [
    "npx langfuse-edge dashboard --url https://edge.example.com",
    "npx langfuse-edge dashboard --no-open",
  ],
  options: {
    hours: { type: "string", value: "<n>", help: "how long it may be looked at, up to 12 (1)" },
    "no-open": { type: "boolean", help: "print the link only" },
    ...EDGE_OPTIONS,
  },
  run: async ({ values, shell, edge }) => {
    const client = edge();
    const { url, expiresAt, once } = await linkTo(client, secondsOf(textOption(values, "hours")));
    const opens = values["json"] !== true && values["no-open"] !== true;
    // A browser's arguments stand in the process list for as long as it runs.
    const opened = opens && once && ((await shell.open?.(url)) ?? false);
    if (values["json"] === true) shell.out(`${JSON.stringify({ url, expiresAt })}\n`);
    else if (opened) shell.out("opened in the browser; the link is used up by that\n");
    else shell.out(`${url}\n`);
    if (opens && !once)
      shell.err("this edge has no links that are good once: open the link yourself\n");
    else if (opens && !opened) shell.err("no browser could be opened: open the link yourself\n");
    return EXIT.ok;
  },
};

function secondsOf(hours: string | undefined): number {
  const value = Number(hours ?? 1);
  if (!Number.isFinite(value) || value <= 0 || value > MAX_HOURS) {
    throw new CommandError(EXIT.usage, `--hours must be a number up to ${MAX_HOURS}`);
  }
  return Math.max(1, Math.round(value * 3600));
}

/** An edge without a live hub has no codes: then the token itself. */
async function linkTo(
  client: EdgeClient,
  ttlSeconds: number,
): Promise<{ url: string; expiresAt: string; once: boolean }> {
  const page = `${client.origin}${DASHBOARD_PATH}`;
  const body = { scope: "read", ttlSeconds };
  try {
    const { body: made } = await client.ask<ReadCodeBody>("/token", {
      method: "POST",
      body: { ...body, once: true },
    });
    return { url: `${page}#${CODE_FRAGMENT}=${made.code}`, expiresAt: made.expiresAt, once: true };
  } catch (error) {
    if (!(error instanceof CommandError) || !error.message.startsWith("unavailable")) throw error;
    const { body: made } = await client.ask<ReadTokenBody>("/token", { method: "POST", body });
    const url = `${page}#${TOKEN_FRAGMENT}=${made.token}`;
    return { url, expiresAt: made.expiresAt, once: false };
  }
}
