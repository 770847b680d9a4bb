// A turn's measures: those known while it runs, and the sink's word once it is there.
import { byId, duration, el } from "../../../pages/script/dom.ts";
import type { Turn } from "./turn.ts";

const MARKS = [
  ["trace_created", "the trace is begun"],
  ["pre_api_flush", "the request goes out"],
  ["post_api_flush_success", "the edge has it durably"],
  ["first_backend_response", "the backend answers"],
  ["first_chunk_received", "the first chunk"],
  ["streaming_complete", "the last chunk"],
] as const;

const PENDING = "…";
const NONE = "–";

function tile(name: string, value: string, hint: string): HTMLElement {
  const text = el("span", "tile-value", value);
  const box = el("div", "tile", el("span", "tile-name", name), text);
  box.title = hint;
  return box;
}

/** Milestones as they stand, and the time since the turn began. */
function measuresOf({ latencies, state, beganAt, endedAt }: Turn) {
  const open = state === "running";
  const nowMs = (endedAt ?? performance.now()) - beganAt;
  const between = (from: number | undefined, to: number | undefined): string =>
    from === undefined || to === undefined ? (open ? PENDING : NONE) : duration(to - from);
  const at = (name: (typeof MARKS)[number][0]): number | undefined => latencies[name];
  const lastMs = at("streaming_complete") ?? nowMs;
  return { open, between, at, lastMs };
}

function rateOf({ chunks, generation }: Turn, firstMs: number | undefined, lastMs: number): string {
  const told = Number(generation?.metadata["chunksPerSecond"]);
  if (told > 0) return `${told} /s`;
  if (firstMs === undefined || chunks < 2 || lastMs <= firstMs) return "";
  return `${Math.round((chunks * 1e4) / (lastMs - firstMs)) / 10} /s`;
}

function tokensOf({ generation, usage, text, state }: Turn): string {
  const input = generation?.usage?.["input"] ?? usage?.inputTokens;
  const output = generation?.usage?.["output"] ?? usage?.outputTokens;
  if (output !== undefined) return `${input} + ${output}`;
  const words = text.match(/\S+/g)?.length ?? 0;
  return state === "running" && words > 0 ? `${words} so far` : "";
}

/** As the edge has worked it out: it stands in the root's metadata. */
function costOf({ root }: Turn): string {
  const dollars = Number(root?.metadata["totalCost"]);
  return dollars > 0 ? `$${dollars.toPrecision(2)}` : "";
}

function tiles(turn: Turn): HTMLElement[] {
  const { open, between, at, lastMs } = measuresOf(turn);
  const sentMs = at("pre_api_flush");
  const firstMs = at("first_chunk_received");
  const unknown = open ? PENDING : NONE;
  const chunks = Number(turn.generation?.metadata["chunkCount"] ?? turn.chunks);
  return [
    tile("First chunk", between(sentMs, firstMs), "from sending the request to the first chunk"),
    tile(
      "Backend answers",
      between(sentMs, at("first_backend_response")),
      "from sending the request to the answer's headers",
    ),
    tile(
      "Streaming",
      between(firstMs, firstMs === undefined ? undefined : lastMs),
      "from the first chunk to the last",
    ),
    tile("Chunk rate", rateOf(turn, firstMs, lastMs) || unknown, `${chunks} chunks`),
    tile(
      "Tokens in + out",
      tokensOf(turn) || unknown,
      "of the question and of the answer; a token is a word here",
    ),
    tile("Cost", costOf(turn) || unknown, "by the edge, out of MODEL_PRICES and the tokens"),
    tile(
      "Kept by the edge",
      between(sentMs, at("post_api_flush_success")),
      "from the flush until the edge had the turn's beginning durably; nothing waits for it",
    ),
  ];
}

function mark(name: string, title: string, at: number | undefined, longest: number): HTMLElement {
  const track = el("span", "track");
  if (at !== undefined) {
    const pin = el("span", "pin");
    pin.style.left = `calc(${(at / longest) * 100}% - ${(at / longest) * 0.6}rem)`;
    track.append(pin);
  }
  const time = el("span", "time", at === undefined ? NONE : duration(at));
  const row = el("li", at === undefined ? "soft" : "", el("span", "mark-name", title), track, time);
  row.title = name;
  return row;
}

export function showMeasures(turn: Turn): void {
  const { latencies } = turn;
  byId("before").hidden = true;
  byId("measures").hidden = false;
  byId("tiles").replaceChildren(...tiles(turn));
  const longest = Math.max(1, ...MARKS.map(([name]) => latencies[name] ?? 0));
  byId("marks").replaceChildren(
    ...MARKS.map(([name, title]) => mark(name, title, latencies[name], longest)),
  );
  byId("measured").textContent =
    turn.generation === undefined ? "measured by the page, live" : "as Langfuse has it";
}
