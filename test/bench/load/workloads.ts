// What is sent: an endless row of requests for each workload.
import { seedTurn } from "../../support/post.ts";
import type { Plan, Workload } from "./plan.ts";
import { Form, hex } from "./recorded.ts";

export interface Send {
  /** Its ordering key: what the edge finds by itself and the simpler variants are told. */
  key: string;
  body: string;
  actions: number;
  /** Observations that are complete with it. */
  observations: number;
  /** Does its latency count? */
  measured: boolean;
  /** What the same client sends so much later. */
  next?: { afterMs: number; send: Send };
}

/** From a turn's first request to its last: shorter than in life, so that rounds end. */
const TURN_MS = 400;
/** The trace, and three observations in it. */
const OBSERVATIONS = 4;

export function workload({ workload: what, turn, run }: Plan): () => Send {
  switch (what.kind) {
    case "turns":
      return libraryTurns(new Form(turn.bodies), run, what.turnsPerSession);
    case "singles":
      return singles(run);
    case "batches":
      return batches(run, what);
    case "sessions":
      return sessions(run);
  }
}

function libraryTurns(form: Form, run: string, turnsPerSession: number): () => Send {
  let nth = -1;
  return () => {
    nth += 1;
    const session = `${run}-${Math.floor(nth / turnsPerSession)}`;
    const turn = nth % turnsPerSession;
    const bodies = form.bodies({ session, client: `tab-${session}`, turn, at: Date.now() });
    const last = bodies.length - 1;
    return bodies.reduceRight<Send | undefined>((next, body, index) => {
      const send: Send = {
        key: session,
        body,
        actions: form.actions[index] ?? 0,
        observations: index === last ? OBSERVATIONS : 0,
        measured: index === 0,
      };
      return next === undefined ? send : { ...send, next: { afterMs: TURN_MS / last, send: next } };
    }, undefined) as Send;
  };
}

/** Ten actions that are kept: the seed's turn with one more report of progress in place of its flush. */
export function tenActions(traceId: string, sessionId: string): { action: string; data: object }[] {
  return seedTurn(traceId, sessionId).flatMap((one) => {
    if (one.data === undefined) return [];
    if (one.action !== "update_generation") return [one];
    const data = {
      traceId,
      generationId: "stream",
      metadata: { chunks: 20, chunksPerSecond: 9.5 },
    };
    return [one, { action: "update_generation", data }];
  });
}

function singles(run: string): () => Send {
  let waiting: Send[] = [];
  let turns = 0;
  return () => {
    if (waiting.length === 0) {
      turns += 1;
      const key = `${run}-${turns}`;
      const actions = tenActions(`ui2-${Date.now()}-${hex()}`, key);
      waiting = actions.map((one, index) => ({
        key,
        body: JSON.stringify({ ...one, sentAt: Date.now() }),
        actions: 1,
        observations: index === actions.length - 1 ? OBSERVATIONS : 0,
        measured: true,
      }));
    }
    return waiting.shift() as Send;
  };
}

function batches(run: string, { sessions }: Extract<Workload, { kind: "batches" }>): () => Send {
  let nth = -1;
  return () => {
    nth += 1;
    const session = `${run}-${nth % sessions}`;
    const turn = (): object[] => tenActions(`ui2-${Date.now()}-${hex()}`, session);
    const actions = [...turn(), ...turn()];
    return {
      key: session,
      body: JSON.stringify({ sessionId: session, sentAt: Date.now(), actions }),
      actions: actions.length,
      observations: 2 * OBSERVATIONS,
      measured: true,
    };
  };
}

function sessions(run: string): () => Send {
  let nth = -1;
  return () => {
    nth += 1;
    const session = `${run}-${nth}`;
    const actions = tenActions(`ui2-${Date.now()}-${hex()}`, session);
    return {
      key: session,
      body: JSON.stringify({ sessionId: session, sentAt: Date.now(), actions }),
      actions: actions.length,
      observations: OBSERVATIONS,
      measured: true,
    };
  };
}
