// A lane that was full: what it turned away is in other objects, and must not come back as news.
import { describe, expect, it } from "vitest";
import type { Action } from "../../../../src/protocol/change.ts";
import { langfuseTraceId } from "../../../../src/protocol/ids.ts";
import { MAX_OPEN_TRACES } from "../../../../src/protocol/limits.ts";
import type { AppendRequest } from "../../../../src/protocol/session/append-calls.ts";
import { appendActions, refuseFull } from "../../../../src/session/append.ts";
import { advance } from "../../../../src/session/deadlines/advance.ts";
import { type Entry, toJournal } from "../../../../src/session/journal/entries.ts";
import { entryLine, rebuild, snapshotLine } from "../../../../src/session/journal/rebuild.ts";
import { FULL, MAX_OVERFLOWED } from "../../../../src/session/quota/overflow.ts";
import { emptyState } from "../../../../src/session/state.ts";
import { NOW } from "../arbitrary.ts";
import { recount } from "../recount.ts";
import { SETTINGS, TERMS } from "../support.ts";

const eventOf = (n: number): Action => {
  const trace = langfuseTraceId(`t${n}`);
  const fields = { startTime: NOW, endTime: NOW };
  const change = { kind: "change", op: "create", legacy: true, type: "span" } as const;
  return { id: `event-${n}`, at: NOW, change: { ...change, trace, target: `s${n}`, fields } };
};
const scoreOf = (n: number): Action => ({
  id: `score-${n}`,
  at: NOW,
  change: { kind: "score", legacy: true, trace: "", id: `s${n}`, body: "{}" },
});
const requestOf = (actions: Action[]): AppendRequest => ({
  project: "pk-test",
  writer: "server",
  lane: true,
  actions,
});

class Lane {
  state = emptyState("", SETTINGS);
  lines: string[] = [];

  append(seconds: number, ...actions: Action[]): string[] {
    const t = NOW + seconds * 1000;
    return this.#took(appendActions(this.state, requestOf(actions), TERMS, t));
  }
  appendFull(seconds: number, ...actions: Action[]): string[] {
    const refused = { results: actions.map(() => FULL), pending: 0, sealed: 0 };
    const request = requestOf(actions);
    return this.#took(refuseFull(this.state, request, refused, NOW + seconds * 1000));
  }
  #took({ answer, entries }: ReturnType<typeof appendActions>): string[] {
    this.#write(entries);
    return answer.results.map((one) => (one.status === "refused" ? one.code : one.status));
  }
  #write(entries: Entry[]): void {
    this.lines.push(...toJournal(this.state, entries).map(entryLine));
    const { t } = this.state;
    recount(this.state);
    expect({ ...rebuild(this.lines, SETTINGS), t }).toEqual(this.state);
    expect(rebuild([snapshotLine(this.state)], SETTINGS)).toEqual(this.state);
  }
}

describe("a lane that was full", () => {
  it("leaves what it turned away to the object that took it", () => {
    const lane = new Lane();
    expect(lane.append(0, eventOf(1), scoreOf(1))).toEqual(["accepted", "accepted"]);
    const all = [eventOf(1), eventOf(2), scoreOf(1), scoreOf(2)];
    const answer = ["repeat", "session_full", "repeat", "session_full"];
    expect(lane.appendFull(1, ...all)).toEqual(answer);
    const { length } = lane.lines;
    expect(lane.appendFull(2, ...all)).toEqual(answer);
    expect(lane.lines).toHaveLength(length);
    lane.state = rebuild(lane.lines, SETTINGS);
    expect(lane.append(3, ...all)).toEqual(answer);
    expect(lane.append(4, eventOf(3), scoreOf(3))).toEqual(["accepted", "accepted"]);
  });

  it("does so too where it had too many traces open", () => {
    const lane = new Lane();
    const many = Array.from({ length: MAX_OPEN_TRACES + 2 }, (_, n) => eventOf(n));
    const first = lane.append(0, ...many);
    expect(first.filter((one) => one === "accepted")).toHaveLength(MAX_OPEN_TRACES);
    expect(first.slice(-2)).toEqual(["quota_exceeded", "quota_exceeded"]);
    advance(lane.state, NOW + 600_000);
    expect(lane.append(600, ...many.slice(-3))).toEqual(["repeat", "session_full", "session_full"]);
  });

  it("remembers so many traces", () => {
    const lane = new Lane();
    lane.appendFull(0, ...Array.from({ length: MAX_OVERFLOWED + 1 }, (_, n) => eventOf(n)));
    expect(lane.state.overflowed.size).toBe(MAX_OVERFLOWED);
    expect(lane.append(1, eventOf(0), eventOf(1))).toEqual(["accepted", "session_full"]);
  });
});
