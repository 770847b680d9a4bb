// An action as `beforeStore` sees it, and the action that it made of it. Pure. Ids, kinds, times and the session
// stay: where an action goes was decided by them, and who may see it.
import {
  type Action,
  type Change,
  type Fields,
  LEVELS,
  type ScoreChange,
} from "../protocol/change.ts";
import { jsonText, safe } from "./plain-attributes.ts";
import type { ChangeItem, ScoreItem } from "./types.ts";

const TIMES = ["startTime", "endTime", "completionStartTime"] as const;
const SCORE_IDS = ["id", "traceId", "observationId", "sessionId"] as const;

export function actionItem({ change }: Action): ChangeItem | ScoreItem {
  if (change.kind === "score") {
    const score = JSON.parse(change.body) as Record<string, unknown>;
    return { kind: "score", traceId: change.trace, id: change.id, score };
  }
  const { op, trace, target, root, type, fields, traceFields, metadata = [], tags = [] } = change;
  const { prices: _own, ...given } = fields ?? {};
  return {
    kind: root === true ? "trace" : "observation",
    op,
    traceId: trace,
    id: target,
    ...(type !== undefined && { type }),
    fields: { ...given },
    trace: { ...traceFields },
    metadata: Object.fromEntries(metadata),
    tags: [...tags],
  };
}

/** @throws TypeError where the hook wrote what the action can't hold */
export function actionOf(action: Action, item: ChangeItem | ScoreItem): Action {
  const { change } = action;
  if (change.kind === "score") {
    return { ...action, change: scoreOf(change, (item as ScoreItem).score) };
  }
  return { ...action, change: changeOf(change, item as ChangeItem) };
}

/** Nothing of it is left but what tells a repeat from news: to a version without hooks it says nothing. */
export function droppedAction({ change, ...action }: Action, drop: string): Action {
  const { kind, trace } = change;
  if (kind === "score") {
    const { id } = change;
    return { ...action, drop, change: { kind, trace, id, body: JSON.stringify({ id }) } };
  }
  const { target, root, legacy } = change;
  const left: Change = {
    kind,
    op: "update",
    trace,
    target,
    ...(root && { root }),
    ...(legacy && { legacy }),
  };
  return { ...action, drop, change: left };
}

function scoreOf(change: ScoreChange, score: Record<string, unknown>): ScoreChange {
  const before = JSON.parse(change.body) as Record<string, unknown>;
  const after: Record<string, unknown> = { ...score };
  for (const name of SCORE_IDS) {
    if (before[name] === undefined) delete after[name];
    else after[name] = before[name];
  }
  const body = jsonText(after);
  if (body === undefined) throw new TypeError("a score's body must be an object");
  return { ...change, body };
}

function changeOf(change: Change, { fields, trace, metadata, tags }: ChangeItem): Change {
  const { fields: _f, traceFields: _t, metadata: _m, tags: _g, ...left } = change;
  const own = fieldsOf(change.fields ?? {}, fields);
  const { sessionId } = change.traceFields ?? {};
  const traceTexts = textsOf({ ...trace, public: undefined, sessionId });
  const isPublic = typeof trace.public === "boolean" ? { public: trace.public } : {};
  const traceFields = { ...traceTexts, ...isPublic };
  const pairs = Object.entries(textsOf(metadata));
  const words = tags.flatMap((tag) => textOf(tag) ?? []);
  return {
    ...left,
    ...(Object.keys(own).length > 0 && { fields: own }),
    ...(Object.keys(traceFields).length > 0 && { traceFields }),
    ...(pairs.length > 0 && { metadata: pairs }),
    ...(words.length > 0 && { tags: words }),
  };
}

function fieldsOf(before: Fields, after: Fields): Fields {
  const { level } = after;
  if (level !== undefined && level !== null && !LEVELS.includes(level)) {
    throw new TypeError(`fields.level must be one of ${LEVELS.join(", ")}`);
  }
  const { promptVersion, ...texts } = after;
  const own: Fields = textsOf({ ...texts, prices: before.prices });
  // The one number that a hook may write: as text Langfuse would not be told of it.
  if (Number.isSafeInteger(promptVersion)) own.promptVersion = Number(promptVersion);
  for (const name of TIMES) {
    delete own[name];
    const time = before[name];
    if (time !== undefined) own[name] = time;
  }
  return own;
}

function textsOf(given: object): Record<string, string> {
  return Object.fromEntries(
    Object.entries(given).flatMap(([key, value]: [string, unknown]) => {
      const text = textOf(value);
      return text === undefined ? [] : [[safe(key), text]];
    }),
  );
}

function textOf(value: unknown): string | undefined {
  if (value === null || value === undefined) return undefined;
  return typeof value === "string" ? safe(value) : jsonText(value);
}
