// A turn as those see it who may see no payloads, and as it is stored. Sessions leave payloads out by themselves; the
// hub does not go by their word: one may be of an earlier version, or of settings that a deploy has just changed.
// No I/O, no clock.
import type { LiveObservation, LiveScore, LiveTurn } from "../protocol/live.ts";
import { HIDDEN } from "../protocol/live/score-words.ts";

export function shownTurn({ scores, observations, ...turn }: LiveTurn): LiveTurn {
  return {
    ...turn,
    ...(scores && { scores: scores.map(shownScore) }),
    observations: observations.map(shownObservation),
  };
}

/** Of a text that nobody calls a category it is not known whether somebody said it. */
function shownScore(score: LiveScore): LiveScore {
  return typeof score.value === "number" || score.words === false
    ? score
    : { ...score, value: HIDDEN };
}

function shownObservation({
  input: _input,
  output: _output,
  statusMessage: _message,
  ...rest
}: LiveObservation): LiveObservation {
  return rest;
}
