// A deletion finds what of a session lies elsewhere: by the traces that its objects know, or that its caller names.
import { expect, it } from "vitest";
import { forgetSession, MAX_TRACE_OBJECTS } from "../../../../src/edge/admin/forget-session.ts";
import { laneOf, objectName } from "../../../../src/protocol/ids.ts";
import type { DeleteAnswer, HeldTraces } from "../../../../src/protocol/session/erasure-calls.ts";

const PROJECT = "pk-1";
const SESSION = { sessionId: "chat-7", traces: [] };
const nameOf = (owner: string, kind: "session" | "trace" | "lane", value: string): string =>
  objectName({ project: PROJECT, owner, kind, value });
const [A = "", B = ""] = ["a", "b"].map((digit) => digit.repeat(32));
const NOTHING = { actions: 0, open: 0, pending: 0, dead: 0, inFlight: 0, until: 0 };

interface Given {
  held?: Record<string, HeldTraces>;
  elsewhere?: Record<string, string[]>;
  fails?: (call: string) => boolean;
}

function edge({ held = {}, elsewhere = {}, fails = () => false }: Given = {}) {
  const calls: [call: string, traces?: string[]][] = [];
  const answer = (object: string): DeleteAnswer => ({ object, ...NOTHING });
  const note = (call: string, traces?: string[]): void => {
    calls.push(traces === undefined ? [call] : [call, traces]);
    if (fails(call)) throw new Error("out of reach");
  };
  return {
    calls,
    deps: {
      heldTraces: async (name: string) => held[name] ?? { traces: [] },
      forgetIn: async (name: string, _session: string, traces: string[]) => {
        note(name, traces);
        const its = elsewhere[name];
        return { ...answer(name), ...(its && { elsewhere: its }) };
      },
      sessionFor: (name: string) => ({
        append: () => Promise.reject(new Error("not asked")),
        pending: () => Promise.reject(new Error("not asked")),
        deleteSession: async () => {
          note(name);
          return answer(name);
        },
      }),
    },
  };
}
const tracesFor = (calls: [string, string[]?][], name: string): string[] | undefined =>
  calls.find(([call]) => call === name)?.[1];

it("asks the lane of each trace that a session's objects know, and the session's objects last", async () => {
  const held = {
    [nameOf("anonymous", "session", "chat-7")]: { traces: [A] },
    [nameOf("server", "session", "chat-7")]: { traces: [B, A] },
  };
  const { calls, deps } = edge({ held });
  await forgetSession(PROJECT, SESSION, deps);
  for (const trace of [A, B]) {
    expect(tracesFor(calls, nameOf("server", "lane", laneOf(trace)))).toContain(trace);
  }
  const all = calls.flatMap(([, traces = []]) => traces);
  expect(all.toSorted()).toEqual([A, B]);
  expect(calls.slice(-3).map(([call]) => call)).toEqual(
    ["anonymous", "server", "session:chat-7"].map((owner) => nameOf(owner, "session", "chat-7")),
  );
  // No spans: all that these objects know lies in them.
  expect(calls).toHaveLength(3 + 8);
});

it("looks for the spans of an owner's traces that name no session", async () => {
  const held = { [nameOf("user:ada", "session", "chat-7")]: { traces: [A], spans: true as const } };
  const { calls, deps } = edge({ held });
  await forgetSession(PROJECT, { ...SESSION, userId: "ada" }, deps);
  expect(tracesFor(calls, nameOf("user:ada", "trace", A))).toEqual([A]);
  expect(tracesFor(calls, nameOf("anonymous", "trace", A))).toBeUndefined();
});

it("follows what full lanes have turned away", async () => {
  const lane = nameOf("server", "lane", "3");
  const { calls, deps } = edge({ elsewhere: { [lane]: [A, B] } });
  await forgetSession(PROJECT, SESSION, deps);
  for (const trace of [A, B]) {
    expect(tracesFor(calls, nameOf("server", "trace", trace))).toEqual([trace]);
  }
});

it("looks for the traces that its caller names with every owner", async () => {
  const { calls, deps } = edge();
  const { left } = await forgetSession(PROJECT, { ...SESSION, traces: [A] }, deps);
  for (const owner of ["anonymous", "server", "session:chat-7"]) {
    expect(tracesFor(calls, nameOf(owner, "trace", A))).toEqual([A]);
  }
  expect(left).toBe(0);
});

it("tells how many traces were too many", async () => {
  const traces = Array.from({ length: MAX_TRACE_OBJECTS + 2 }, (_, n) =>
    String(n).padStart(32, "c"),
  );
  const held = {
    [nameOf("server", "session", "chat-7")]: { traces, spans: true as const, more: 5 },
  };
  const { deps } = edge({ held });
  const { left, answers } = await forgetSession(PROJECT, SESSION, deps);
  expect([left, answers.length]).toEqual([7, MAX_TRACE_OBJECTS + 8 + 3]);
});

it("keeps what knows the traces until they are forgotten: where a call fails it can be sent again", async () => {
  const lane = nameOf("server", "lane", "3");
  const { calls, deps } = edge({ fails: (call) => call === lane });
  await expect(forgetSession(PROJECT, SESSION, deps)).rejects.toThrow("out of reach");
  expect(calls.filter(([call]) => call === lane)).toHaveLength(2);
  expect(calls.map(([call]) => call)).not.toContain(nameOf("server", "session", "chat-7"));
});
