// A recorded request body as a form to fill in: the same text with other ids, numbers and times. What
// the library sent is sent again to the letter, but for these.

export interface Blanks {
  session: string;
  client: string;
  /** Turns of this client before this one: its numbers go on. */
  turn: number;
  /** Epoch ms at which the turn begins. */
  at: number;
}

type Part =
  | string
  | { blank: "session" | "client" | "trace" }
  | { blank: "id"; n: number }
  | { blank: "time"; after: number }
  | { blank: "seq"; n: number };

export class Form {
  readonly #bodies: Part[][];
  /** Actions in each body. */
  readonly actions: number[];
  readonly #numbers: number;

  constructor(bodies: readonly string[]) {
    const parsed = bodies.map((body) => JSON.parse(body) as Recorded);
    const [first] = parsed;
    if (first === undefined) throw new Error("nothing was recorded");
    this.actions = parsed.map(
      ({ actions }) => actions.filter(({ seq }) => seq !== undefined).length,
    );
    this.#numbers = this.actions.reduce((sum, n) => sum + n, 0);
    const traceId = first.actions.find(({ data }) => data?.traceId !== undefined)?.data?.traceId;
    const begin = Math.min(...times(bodies.join()));
    const ids: string[] = [];
    this.#bodies = bodies.map((body) =>
      cut(body, {
        session: first.sessionId,
        client: first.clientId,
        trace: traceId ?? "",
        begin,
        ids,
      }),
    );
  }

  /** The bodies of a turn. */
  bodies({ session, client, turn, at }: Blanks): string[] {
    const ids: string[] = [];
    const trace = `ui2-${at}-${hex()}`;
    const say = (part: Part): string => {
      if (typeof part === "string") return part;
      if (part.blank === "session") return session;
      if (part.blank === "client") return client;
      if (part.blank === "id") return (ids[part.n] ??= hex());
      if (part.blank === "seq") return `"seq":${part.n + turn * this.#numbers}`;
      if (part.blank === "time") return String(at + part.after);
      return trace;
    };
    return this.#bodies.map((parts) => parts.map(say).join(""));
  }
}

interface Recorded {
  sessionId: string;
  clientId: string;
  actions: { seq?: number; data?: { traceId?: string } }[];
}

/** 2001 to 2286 in milliseconds. */
const TIME = /\b[1-9]\d{12}\b/;
const times = (text: string): number[] => (text.match(new RegExp(TIME, "g")) ?? []).map(Number);

export const hex = (): string =>
  Math.trunc(Math.random() * 2 ** 48)
    .toString(16)
    .padStart(16, "f");

function cut(
  body: string,
  known: { session: string; client: string; trace: string; begin: number; ids: string[] },
): Part[] {
  const { session, client, trace, begin, ids } = known;
  const literal = [session, client, trace].map((text) =>
    text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"),
  );
  const blanks = new RegExp(`(${literal.join("|")}|"seq":\\d+|\\b[0-9a-f]{16}\\b|${TIME.source})`);
  return body.split(blanks).map((part, index): Part => {
    if (index % 2 === 0) return part;
    if (part === session) return { blank: "session" };
    if (part === client) return { blank: "client" };
    if (part === trace) return { blank: "trace" };
    if (part.startsWith('"seq":')) return { blank: "seq", n: Number(part.slice(6)) };
    if (TIME.test(part) && part.length === 13)
      return { blank: "time", after: Number(part) - begin };
    if (!ids.includes(part)) ids.push(part);
    return { blank: "id", n: ids.indexOf(part) };
  });
}
