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
  const cost = value("number cost", "cost");
  const first = value("number first", "first token after");
  const took = value("number took", "took");
  const outcome = value("outcome");
  return {
    nodes: [when, assistant, people, cost, first, took, outcome].map(({ node }) => node),
    update: (turn, now) => {
      const { startTime, endTime = now, state } = turn;
      const wait = firstTokenMs(turn);
      when.say(clock(startTime, now));
      assistant.say(cut(visible(assistantOf(turn)), 80));
      people.say(peopleOf(turn));
      cost.say(dollars(costOf(turn)));
      first.say(wait === undefined ? UNKNOWN : duration(wait));
      took.say(duration(Math.max(0, (state === "open" ? now : endTime) - startTime)));
      outcome.say(cut(visible(outcomeWords(turn)), 40));
      const looks = `outcome ${toneOf(turn)}`;
      if (outcome.node.className !== looks) outcome.node.className = looks;
    },
  };
}

function peopleOf({ userId = "", sessionId = "" }: LiveTurn): string {
  const names = [userId, sessionId].map((text) => (text === "" ? "" : cut(visible(text), 60)));
  return names.filter(Boolean).join(" · ");
}

/** As far as it is known by now; a turn that costs nothing says nothing of it. */
function costOf({ observations }: LiveTurn): number | undefined {
  const sum = observations.reduce((all, { cost = 0 }) => all + cost, 0);
  return sum > 0 ? sum : undefined;
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
