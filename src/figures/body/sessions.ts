// The sessions of a range: the slowest and the latest of them. Pure.
import type { SessionCell, Sketch } from "../../protocol/figures/cells.ts";
import type { FiguresAnswer } from "../../protocol/figures/figures-answer.ts";
import type {
  SessionBody,
  SessionDistribution,
  SessionsBody,
} from "../../protocol/figures/body/sessions.ts";
import { valuesOf } from "../cells/cell-table.ts";
import { NANOS } from "../cells/cell.ts";
import { byLatest, bySlowest, emptySessions } from "../cells/session-table.ts";
import { countDistinct } from "../sketch/distinct.ts";
import { distributionOf } from "./distribution.ts";

/** As many as the least of slices keeps: of more it could not be said that they are the slowest. */
const MAX_SESSIONS = 20;

export function sessionsBody({ recent = emptySessions(), sessions }: FiguresAnswer): SessionsBody {
  const bodies = (all: [hash: string, cell: SessionCell][]): SessionBody[] =>
    all.slice(0, MAX_SESSIONS).map(([hash, cell]) => sessionBody(hash, cell));
  return {
    count: countDistinct(sessions),
    slowest: bodies(bySlowest(recent)),
    latest: bodies(byLatest(recent)),
    complete: recent.cut !== true,
  };
}

function sessionBody(session: string, cell: SessionCell): SessionBody {
  const { turns, failed, errors, tokens, nanos, firstToken, turn, last, trace, place } = cell;
  return {
    session,
    assistant: valuesOf(place).assistant,
    turns,
    failed,
    errors,
    tokens,
    cost: nanos / NANOS,
    timeToFirstToken: shortly(firstToken),
    turn: shortly(turn),
    lastSeen: new Date(last).toISOString(),
    latestTrace: trace,
  };
}

function shortly(sketch: Sketch | undefined): SessionDistribution {
  const { count, mean, p50, max } = distributionOf(sketch);
  return { count, mean, p50, max };
}
