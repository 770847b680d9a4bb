import { type Command, EDGE_OPTIONS, type OptionValues, textOption } from "../command.ts";
import { CommandError, EXIT } from "../exit-codes.ts";

interface Token {
  token: string;
  expiresAt: string;
  /** Of a read token neither. */
  sessionId?: string;
  userId?: string;
}

export const token: Command = {
  name: "token",
  summary: "makes a session token, such as a page gets from your server",
  details:
    "For trying, and for scripts: in an app your server makes it for whoever is logged in (`langfuse-edge/server`, or\n" +
    "the Python package). The token alone goes to standard output, whose it is and how long to standard error.",
  examples: [
    "npx langfuse-edge token --read                      # to look at the dashboard with",
    "npx langfuse-edge token --session chat-7",
    "npx langfuse-edge token --session chat-7 --user ada --minutes 60",
    'curl -H "authorization: Bearer $(npx langfuse-edge token --session chat-7)" …',
  ],
  options: {
    read: {
      type: "boolean",
      help: "a token that reads what the dashboard shows, and writes nothing",
    },
    session: { type: "string", value: "<id>", help: "the session that it may write to" },
    user: { type: "string", value: "<id>", help: "… for this user" },
    minutes: {
      type: "string",
      value: "<n>",
      help: "valid so long, up to 1440 (10); with --read up to 720 (60)",
    },
    actions: {
      type: "string",
      value: "<name,…>",
      help: "all that it may do, such as create_score",
    },
    ...EDGE_OPTIONS,
  },
  run: async ({ values, shell, edge }) => {
    const minutes = Number(textOption(values, "minutes") ?? (values["read"] === true ? 60 : 10));
    if (!(minutes > 0 && minutes <= 1440)) {
      throw new CommandError(EXIT.usage, "--minutes is a number up to 1440");
    }
    const ttlSeconds = Math.max(1, Math.round(minutes * 60));
    const asked = { ...whatFor(values), ttlSeconds };
    const { body, json } = await edge().ask<Token>("/token", { method: "POST", body: asked });
    if (values["json"] === true) {
      shell.out(`${json}\n`);
      return EXIT.ok;
    }
    shell.out(`${body.token}\n`);
    const who = body.userId === undefined ? "" : `, user ${body.userId}`;
    const whose = body.sessionId === undefined ? "reads" : `session ${body.sessionId}${who}`;
    shell.err(`${whose}, until ${body.expiresAt}\n`);
    return EXIT.ok;
  },
};

function whatFor(values: OptionValues): object {
  const sessionId = textOption(values, "session");
  const userId = textOption(values, "user");
  const actions = textOption(values, "actions")?.split(",");
  if (values["read"] === true) {
    if (sessionId === undefined && userId === undefined && actions === undefined) {
      return { scope: "read" };
    }
    throw new CommandError(
      EXIT.usage,
      "--read stands alone: it is of no session, and writes nothing",
    );
  }
  if (sessionId === undefined) {
    throw new CommandError(EXIT.usage, "say for which session: --session <id>; or --read");
  }
  return {
    sessionId,
    ...(userId !== undefined && { userId }),
    ...(actions !== undefined && { actions }),
  };
}
