// One chat turn: the actions that tell it, and the records that it must become. Pure.
import {
  type ExpectedRecord,
  observationIdOf,
  observationKey,
  rootIdOf,
  scoreKey,
  traceIdOf,
} from "./records.ts";

/** What Langfuse is scripted to refuse; a text that stands nowhere else. */
export const GUILTY = "«guilty»";

/** The parts of a turn whose content may be refused. */
export type Part = "ui" | "call" | "stream" | "score";

/** What a page's clock shows at a true time; `told` may go backwards. Epoch ms. */
export interface Clock {
  told: (ms: number) => number;
  /** What is written of a time that was told, where the edge corrects it. */
  corrected?: (told: number) => number;
  /** When an action says that it was done, where that is another time. */
  done?: (ms: number) => number;
}

export interface TurnContent {
  session: string;
  turn: number;
  /** When it begins, epoch ms. */
  at: number;
  hasScore: boolean;
  /** Of the answer. */
  text: string;
  guilty: readonly Part[];
}

interface Action {
  action: string;
  data: Record<string, unknown>;
  at: string;
}

export interface Turn {
  traceId: string;
  actions: Action[];
  records: ExpectedRecord[];
}

const NAME = "Fault Assistant";
const USER = "ada@example.com";
const MODEL = "claude-sonnet";
const CREATED_AND_ENDED = 2;
const USAGE = { input: 3, output: 7, total: 10 };

export function turnOf(content: TurnContent, clock: Clock, toleranceMs?: number): Turn {
  const { session, turn, at, hasScore, text, guilty } = content;
  const { told, corrected = (ms: number) => ms, done = told } = clock;
  const traceId = `ui2-${session}-${turn}`;
  const iso = (ms: number): string => new Date(told(at + ms)).toISOString();
  const written = (ms: number): number => corrected(told(at + ms));
  const mark = `${session}/${turn}`;
  const input = `question ${mark}`;
  const output = `answer ${mark} ${text}`;
  const said = (part: Part, words: string): string =>
    guilty.includes(part) ? `${GUILTY} ${words}` : words;
  const asked = said("stream", input);
  const comment = said("score", `score ${mark}`);
  const scoreId = `score-${session}-${turn}`;
  const act = (action: string, ms: number, data: Record<string, unknown>): Action => ({
    action,
    data: { traceId, ...data },
    at: new Date(done(at + ms)).toISOString(),
  });
  const actions = [
    act("create_trace", 0, {
      name: NAME,
      sessionId: session,
      userId: USER,
      input,
      metadata: { mark },
      timestamp: iso(0),
    }),
    act("create_span", 1, {
      spanId: "ui",
      name: "frontend-ui-processing",
      startTime: iso(1),
      input: said("ui", mark),
    }),
    act("end_span", 3, { spanId: "ui", endTime: iso(3) }),
    act("create_span", 4, {
      spanId: "call",
      name: "frontend-backend-api-call",
      startTime: iso(4),
      input: said("call", mark),
    }),
    act("create_generation", 5, {
      generationId: "stream",
      parentObservationId: "call",
      name: "streaming-response",
      model: MODEL,
      input: asked,
      startTime: iso(5),
    }),
    act("update_generation", 6, { generationId: "stream", metadata: { chunks: 1 } }),
    act("update_generation", 7, { generationId: "stream", metadata: { chunks: 2 } }),
    act("end_generation", 8, { generationId: "stream", output, usage: USAGE, endTime: iso(8) }),
    act("end_span", 9, { spanId: "call", output: text, endTime: iso(9) }),
    ...(hasScore
      ? [act("create_score", 10, { scoreId, name: "helpful", value: turn, comment })]
      : []),
    act("end_trace", 11, { output, endTime: iso(11) }),
  ];

  const trace = traceIdOf(traceId);
  const root = rootIdOf(trace);
  const idOf = (name: string): string => observationIdOf(trace, name);
  const wide = { session, user: USER, traceName: NAME };
  const isGuilty = (part: Part): Pick<ExpectedRecord, "guilty"> =>
    guilty.includes(part) ? { guilty: true } : {};
  const observation = (
    id: string,
    [start, end]: [number, number],
    facts: Record<string, unknown>,
    actionsOfIt = CREATED_AND_ENDED,
  ): ExpectedRecord => ({
    key: observationKey(trace, id),
    kind: "observation",
    session,
    turn,
    actions: actionsOfIt,
    facts: { ...wide, ...facts, start: written(start), end: written(end) },
    ...(toleranceMs !== undefined && { toleranceMs }),
  });
  const records = [
    observation(root, [0, 11], { name: NAME, input, output, mark }),
    {
      ...observation(idOf("ui"), [1, 3], {
        name: "frontend-ui-processing",
        parent: root,
        input: said("ui", mark),
      }),
      ...isGuilty("ui"),
    },
    {
      ...observation(idOf("call"), [4, 9], {
        name: "frontend-backend-api-call",
        parent: root,
        input: said("call", mark),
        output: text,
      }),
      ...isGuilty("call"),
    },
    {
      ...observation(
        idOf("stream"),
        [5, 8],
        {
          name: "streaming-response",
          parent: idOf("call"),
          input: asked,
          output,
          model: MODEL,
          usage: JSON.stringify(USAGE),
          chunks: "2",
        },
        CREATED_AND_ENDED + 2,
      ),
      ...isGuilty("stream"),
    },
    ...(hasScore
      ? [
          {
            key: scoreKey(scoreId),
            kind: "score" as const,
            session,
            turn,
            actions: 1,
            facts: { name: "helpful", value: turn, comment, trace },
            ...isGuilty("score"),
          },
        ]
      : []),
  ];
  return { traceId, actions, records };
}
