// An opened turn: who and what, its waterfall, and the way to it in Langfuse.
import type { LiveObservation, LiveTurn } from "../../protocol/live.ts";
import { el, fact, link } from "../dom/el.ts";
import { cut, visible } from "../format/cut.ts";
import { count, dollars, plain } from "../format/number.ts";
import { duration } from "../format/time.ts";
import { traceUrl } from "../langfuse-link.ts";
import { waterfallView } from "../waterfall/bars.ts";
import { layOut } from "../waterfall/layout.ts";
import { partsOf } from "./turn-memory.ts";

export interface TurnDetail {
  node: HTMLElement;
  /** `now`: the edge's clock. */
  update: (turn: LiveTurn, now: number) => void;
}

type Part = ReturnType<typeof partsOf>[number];

/** `langfuse`: the address of Langfuse, where it is known. */
export function turnDetail(langfuse: () => string | undefined): TurnDetail {
  const facts = el("div", "facts");
  const waterfall = waterfallView<Part>(partDetail);
  const more = el("p", "soft");
  const where = el("p", "facts");
  const hint = el(
    "p",
    "legend-line",
    "Each row is an observation; the tick in a bar is the first token. Open a row for more.",
  );
  const node = el("div", "turn-open", facts, waterfall.node, more, hint, where);
  let looks = "";
  return {
    node,
    update: (turn, now) => {
      const next = JSON.stringify(turn) + String(langfuse());
      if (next !== looks) {
        looks = next;
        facts.replaceChildren(...factsOf(turn));
        where.replaceChildren(...whereOf(turn, langfuse()));
        more.textContent =
          turn.more === undefined ? "" : `and ${count(turn.more)} more observations`;
      }
      waterfall.update(layOut(partsOf(turn), now));
    },
  };
}

function factsOf(turn: LiveTurn): HTMLElement[] {
  const {
    sessionId,
    userId,
    environment,
    release,
    version,
    source,
    tags = [],
    variants = {},
  } = turn;
  const { scores = [], latencies = {} } = turn;
  const short = (text: string | undefined): string | undefined =>
    text === undefined ? undefined : cut(visible(text), 120);
  const all = [
    fact("session", short(sessionId)),
    fact("user", short(userId)),
    fact("environment", short(environment)),
    fact("release", short(release)),
    fact("version", short(version)),
    fact("source", short(source)),
    ...Object.entries(variants).map(([name, variant]) =>
      fact(`experiment ${cut(visible(name), 60)}`, short(variant)),
    ),
    fact("tags", tags.length === 0 ? undefined : short(tags.join(", "))),
    ...scores.map(({ name, value }) =>
      fact(
        `score ${cut(visible(name), 60)}`,
        typeof value === "number" ? plain(value) : short(value),
      ),
    ),
    ...Object.entries(latencies).map(([name, ms]) =>
      fact(cut(visible(name), 60).replaceAll("_", " "), duration(ms)),
    ),
  ];
  return all.filter((one) => one !== undefined);
}

function whereOf({ traceId, sampledOut, state }: LiveTurn, langfuse: string | undefined): Node[] {
  const id = el("span", "id", traceId);
  if (sampledOut === true) {
    return [id, el("span", "", "left out of Langfuse by SAMPLING; its figures count all the same")];
  }
  if (langfuse === undefined) return [id];
  const when = state === "open" ? "some seconds after its end" : "there within seconds";
  return [id, link("Open in Langfuse", traceUrl(langfuse, traceId)), el("span", "", `(${when})`)];
}

function partDetail(part: Part): Node {
  const list = el("dl", "");
  for (const [name, value] of partFacts(part)) {
    if (value !== undefined && value !== "") list.append(el("dt", "", name), el("dd", "", value));
  }
  const texts = [
    ["input", part.input],
    ["output", part.output],
  ] as const;
  const shown = texts.flatMap(([name, text]) =>
    text === undefined ? [] : [el("h4", "", name), el("pre", "", text)],
  );
  return el("div", "", list, ...shown);
}

function partFacts(part: LiveObservation): [name: string, value: string | undefined][] {
  const { type, id, startTime, endTime, firstTokenTime, level, outcome, statusMessage } = part;
  const { model, tokens, cost, chunks, chunksPerSecond, abandoned, late } = part;
  return [
    ["type", type],
    ["took", endTime === undefined ? "under way" : duration(endTime - startTime)],
    [
      "first token after",
      firstTokenTime === undefined ? undefined : duration(firstTokenTime - startTime),
    ],
    ["model", model],
    ["tokens", tokens === undefined ? undefined : count(tokens)],
    ["cost", cost === undefined ? undefined : dollars(cost)],
    ["chunks", chunks === undefined ? undefined : chunksOf(chunks, chunksPerSecond)],
    ["outcome", outcome],
    ["level", level === "DEFAULT" ? undefined : level],
    ["message", statusMessage],
    ["note", abandoned === true ? "closed by the edge: its client never ended it" : undefined],
    ["note", late === true ? "came after its observation was complete" : undefined],
    ["id", id],
  ];
}

const chunksOf = (chunks: number, rate: number | undefined): string =>
  rate === undefined ? count(chunks) : `${count(chunks)}, ${plain(rate)} /s`;
