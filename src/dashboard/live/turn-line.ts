// One turn in a line. Its elements stay the same while its words change, several times a second: a click that begins
// on one has to end there, or the browser takes it for none.
import type { LiveTurn } from "../../protocol/live.ts";
import { el } from "../dom/el.ts";
import { cut, visible } from "../format/cut.ts";
import { dollars, UNKNOWN } from "../format/number.ts";
import { clock, duration } from "../format/time.ts";
import { assistantOf, outcomeWords, toneOf } from "./filter.ts";
import { firstTokenMs } from "./summary.ts";

export interface TurnLine {
  nodes: readonly HTMLElement[];
  /** `now`: the edge's clock. */
  update: (turn: LiveTurn, now: number) => void;
}

interface Value {
  node: HTMLElement;
  say: (text: string) => void;
}

export function turnLine(): TurnLine {
  const when = value("when");
  const assistant = value("assistant");
  const people = value("people");
  const first = value("number", "first token after");
  const took = value("number", "took");
  const outcome = value("outcome");
  return {
    nodes: [when, assistant, people, first, took, outcome].map(({ node }) => node),
    update: (turn, now) => {
      const { startTime, endTime = now, state } = turn;
      const wait = firstTokenMs(turn);
      when.say(clock(startTime, now));
      assistant.say(cut(visible(assistantOf(turn)), 80));
      people.say(peopleOf(turn));
      first.say(wait === undefined ? UNKNOWN : duration(wait));
      took.say(duration(Math.max(0, (state === "open" ? now : endTime) - startTime)));
      outcome.say(cut(visible(outcomeWords(turn)), 40));
      const looks = `outcome ${toneOf(turn)}`;
      if (outcome.node.className !== looks) outcome.node.className = looks;
    },
  };
}

function peopleOf({ userId = "", sessionId = "", observations }: LiveTurn): string {
  const cost = observations.reduce((sum, { cost = 0 }) => sum + cost, 0);
  const names = [userId, sessionId].map((text) => (text === "" ? "" : cut(visible(text), 60)));
  return [...names, cost > 0 ? dollars(cost) : ""].filter(Boolean).join(" · ");
}

/** `name`: what a line of values leaves out, for those who hear it. */
function value(className: string, name?: string): Value {
  const text = document.createTextNode("");
  const unseen = name === undefined ? undefined : el("span", "unseen", `${name} `);
  const node = el("span", className, unseen, text);
  return {
    node,
    say: (words) => {
      if (text.data === words) return;
      text.data = words;
      if (name !== undefined) node.title = `${name} ${words}`;
    },
  };
}
