import { type Command, EDGE_OPTIONS, textOption } from "../command.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import { age, counts, oneLine, table } from "../text.ts";

interface Letter {
  id: string;
  kind: string;
  reason: string;
  /** Absent for who may see no payloads, which it may quote. */
  message?: string;
  since: string;
  deaths: number;
  name?: string;
}

interface Page {
  letters: Letter[];
  total: number;
  byReason: Record<string, number>;
  nextCursor?: string;
  unreachable?: number;
}

const FILTERS = {
  reason: { type: "string", value: "<reason>", help: "only those of a reason, such as refused" },
} as const;
const NAME_LENGTH = 28;
const WORDS_LENGTH = 80;

export const listLetters: Command = {
  name: "dead-letters list",
  summary: "records that Langfuse refused for good, newest first",
  details:
    "The columns: id, age, reason, how often it was refused, name, Langfuse's words. A session's letters are asked of " +
    "the session itself, so that also such are found as the index does not know. Exit code 1: some could not be reached.",
  examples: [
    "npx langfuse-edge dead-letters list",
    "npx langfuse-edge dead-letters list --reason too_large --all --json",
  ],
  options: {
    ...FILTERS,
    session: { type: "string", value: "<id>", help: "only those of a session" },
    user: { type: "string", value: "<id>", help: "the session's user, where tokens name one" },
    limit: { type: "string", value: "<n>", help: "so many at a time, up to 100 (20)" },
    all: { type: "boolean", help: "all of them, page after page" },
    ...EDGE_OPTIONS,
  },
  run: async ({ values, shell, edge }) => {
    const client = edge();
    const query = {
      reason: textOption(values, "reason"),
      sessionId: textOption(values, "session"),
      userId: textOption(values, "user"),
      limit: textOption(values, "limit") ?? (values["all"] === true ? 100 : undefined),
    };
    const letters: Letter[] = [];
    let page: Page;
    let cursor: string | undefined;
    let unreachable = 0;
    do {
      ({ body: page } = await client.ask<Page>("/dead-letters", { query: { ...query, cursor } }));
      letters.push(...page.letters);
      unreachable += page.unreachable ?? 0;
      cursor = page.nextCursor;
    } while (values["all"] === true && cursor !== undefined);
    if (values["json"] === true) shell.out(`${JSON.stringify({ ...page, letters })}\n`);
    else shell.out(listText(letters, page, shell.now()));
    if (unreachable > 0) shell.err(`${unreachable} sessions did not answer; ask again\n`);
    return unreachable > 0 ? EXIT.attention : EXIT.ok;
  },
};

export const showLetter: Command = {
  name: "dead-letters show",
  words: "<id>",
  summary: "one of them, whole, with its record and its story",
  details: "Prints JSON. Exit code 5: there is none of this id (any more).",
  examples: ["npx langfuse-edge dead-letters show 5f0c….12"],
  options: EDGE_OPTIONS,
  run: async ({ values, words, shell, edge }) => {
    const [id, ...more] = words;
    if (id === undefined || more.length > 0) throw new CommandError(EXIT.usage, "name one id");
    const { body, json } = await edge().ask<object>(`/dead-letters/${encodeURIComponent(id)}`);
    shell.out(values["json"] === true ? `${json}\n` : `${JSON.stringify(body, null, 2)}\n`);
    return EXIT.ok;
  },
};

export const replayLetters: Command = {
  name: "dead-letters replay",
  words: "[<id>…]",
  summary: "send them once more, byte for byte: after the cause is mended",
  details:
    "By id, by reason or all. They go out with the next delivery; one that is refused again is a dead letter again, " +
    "with its story. Exit code 1: some could not be reached, or were left.",
  examples: [
    "npx langfuse-edge dead-letters replay --all",
    "npx langfuse-edge dead-letters replay --reason refused",
  ],
  options: {
    ...FILTERS,
    all: { type: "boolean", help: "all of the project's" },
    ...EDGE_OPTIONS,
  },
  run: async ({ values, words, shell, edge }) => {
    const body = selectionOf(words, values["all"] === true, textOption(values, "reason"));
    const client = edge();
    return changeAll("replayed", shell, values["json"] === true, async () => {
      const answer = await client.ask<Change>("/dead-letters/replay", { method: "POST", body });
      return answer.body;
    });
  },
};

export const deleteLetters: Command = {
  name: "dead-letters delete",
  words: "[<id>…]",
  summary: "give them up: their actions count as dropped",
  details:
    "By id, by reason or all; more than named ones only with --yes, since it can't be undone. Exit code 1: some could " +
    "not be reached, or were left.",
  examples: [
    "npx langfuse-edge dead-letters delete 5f0c….12",
    "npx langfuse-edge dead-letters delete --reason too_large --yes",
  ],
  options: {
    ...FILTERS,
    all: { type: "boolean", help: "all of the project's" },
    yes: { type: "boolean", help: "I mean it" },
    ...EDGE_OPTIONS,
  },
  run: async ({ values, words, shell, edge }) => {
    const { ids, ...some } = selectionOf(
      words,
      values["all"] === true,
      textOption(values, "reason"),
    );
    if (ids === undefined && values["yes"] !== true) {
      throw new CommandError(EXIT.usage, "this deletes all that fit, for good: add --yes");
    }
    const client = edge();
    const query = { id: ids, reason: some.reason, all: some.all === true ? "true" : undefined };
    return changeAll("deleted", shell, values["json"] === true, async () => {
      const answer = await client.ask<Change>("/dead-letters", { method: "DELETE", query });
      return answer.body;
    });
  },
};

interface Change {
  replayed?: number;
  deleted?: number;
  left: number;
  unreachable?: number;
}

interface Selection {
  all?: true;
  reason?: string;
  ids?: string[];
}

/** One request does a bounded part: asked again while it brings something forward. */
async function changeAll(
  what: "replayed" | "deleted",
  { out, err }: { out: (text: string) => void; err: (text: string) => void },
  json: boolean,
  ask: () => Promise<Change>,
): Promise<0 | 1> {
  let done = 0;
  let last: Change;
  do {
    last = await ask();
    done += last[what] ?? 0;
  } while (last.left > 0 && (last[what] ?? 0) > 0);
  const { left, unreachable = 0 } = last;
  if (json) out(`${JSON.stringify({ [what]: done, left, unreachable })}\n`);
  else out(`${done} ${what}${left > 0 ? `, ${left} left` : ""}\n`);
  if (unreachable > 0) err(`${unreachable} sessions did not answer; ask again\n`);
  return left > 0 || unreachable > 0 ? EXIT.attention : EXIT.ok;
}

function selectionOf(
  words: readonly string[],
  all: boolean,
  reason: string | undefined,
): Selection {
  const given = [words.length > 0, all, reason !== undefined].filter(Boolean).length;
  if (given !== 1) {
    throw new CommandError(EXIT.usage, "say exactly one of: ids, --reason <reason>, --all");
  }
  if (words.length > 0) return { ids: [...words] };
  return reason === undefined ? { all: true } : { reason };
}

function listText(letters: readonly Letter[], page: Page, now: number): string {
  if (letters.length === 0) return "no dead letters\n";
  const rows = letters.map(({ id, since, reason, deaths, name, kind, message }) => [
    id,
    age(now - Date.parse(since)),
    reason,
    String(deaths),
    oneLine(name ?? kind, NAME_LENGTH),
    oneLine(message ?? "", WORDS_LENGTH),
  ]);
  const head = ["id", "age", "reason", "times", "name", "words"];
  const shown =
    letters.length < page.total ? `${letters.length} of ${page.total}` : `${page.total}`;
  return `${table([head, ...rows])}\n${shown}: ${counts(page.byReason)}\n`;
}
