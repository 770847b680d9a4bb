// A chat turn from the click to its request: the trace, and what a backend needs to join. What comes then is told
// to its other half (`answer/`), which is loaded at the click: until that is there, it is kept with its
// time. Nothing here is waited for by the chat, and nothing can fail it.
import { beginTrace, FLUSH_HOLD_MS } from "./begin-trace.ts";
import { randomHex } from "../trace/ids.ts";
import { createJoining } from "./joining.ts";
import { LatencyTracker } from "../trace/latency.ts";
import { reading, type Readers } from "../reading/load-reading.ts";
import { page } from "../send/page.ts";
import { quietly } from "./quietly.ts";
import { experimentLabels } from "../experiments/labels.ts";
import { turnsOf } from "./turn-registry.ts";
import { within } from "./within.ts";
import type { SpanHandle } from "../trace/proxy.ts";
import type { Level } from "../../protocol/change.ts";
import type { OpenTurn, Tell, Told } from "./open-turn.ts";
import type { TurnOptions } from "./turn-options.ts";

/** How a turn came out that nobody could read, by what was told of it. */
const ENDS: Readonly<Record<string, string>> = {
  end: "completed",
  stop: "stopped",
  cancel: "stopped",
  abandon: "abandoned",
  fail: "failed",
  refused: "failed",
};
const LEVELS: Readonly<Record<string, Level>> = { failed: "ERROR", abandoned: "WARNING" };

/** `resumedAt`: the time of a request that resumes an answer of this or another page; it had no click. */
export function startTurn(options: TurnOptions, resumedAt?: number): OpenTurn {
  const { client } = options;
  const beganAt = resumedAt ?? options.clickedAt ?? Date.now();
  const latency = new LatencyTracker(Date.now() - beganAt);
  const registry = turnsOf(client);
  const labels = experimentLabels(options.experiments ?? registry.experiments);
  const { tags, metadata } = labels;
  const given = options.trace ?? (options.traceId && client.joinTrace(options.traceId));
  const trace = given || beginTrace(options, beganAt, labels);
  if (given && tags[0] && !resumedAt) void trace.update({ tags, metadata }, FLUSH_HOLD_MS);
  const ui = resumedAt
    ? undefined
    : trace.span({ name: "frontend-ui-processing", startTime: beganAt }, FLUSH_HOLD_MS);
  /** What was told before the other half was there. */
  const happened: [name: Told, args: unknown[], at: number][] = [];
  /** When each of it was told first, in that order. */
  let firsts: Record<string, number> = {};
  let calledAt = beganAt;
  let open: SpanHandle | undefined = ui;
  let calledId: string | undefined;
  /** The other half did not come. */
  let isLost = false;
  /** The turn was told without it. */
  let isOver = false;
  latency.mark("trace_created");

  /** Tells how the turn ended, if it has, as far as that shows without reading: it is timed all the same. */
  const endUnread = (
    outcome = Object.keys(firsts)
      .map((word) => ENDS[word])
      .find(Boolean),
  ): void => {
    if (!outcome || isOver) return;
    isOver = true;
    const { latencies } = latency;
    const end = { level: LEVELS[outcome], metadata: { outcome, unread: true, latencies } };
    const endTime = firsts["responding"];
    void open?.end({ endTime });
    open = undefined;
    if (endTime) {
      const name = "streaming-response";
      const completionStartTime = firsts["chunk"];
      void trace.generation({ name, startTime: calledAt, completionStartTime }).end(end);
    }
    void trace[(options.endTrace ?? !given) ? "end" : "update"](end);
    happened.length = 0;
    firsts = {};
    turn.listen((turn.unread = false));
    turn.closes();
    void client.flush();
  };
  const tell: Tell = (name, ...args) => {
    if (turn.answering) (turn.answering.told[name] as (...all: unknown[]) => void)(...args);
    else if (!isOver) {
      const at = Date.now();
      happened.push([name, args, at]);
      firsts[name === "seen" ? (args[1] as string) : name] ??= at;
      if (isLost) endUnread();
    }
  };
  const begin = ({ createAnswering }: Readers): void => {
    if (isOver || turn.answering) return;
    turn.answering = createAnswering(turn);
    for (const [name, args, at] of happened.splice(0)) {
      turn.toldAt = at;
      // One that fails costs only itself.
      quietly(() => (tell as (...all: unknown[]) => void)(name, ...args));
    }
    turn.toldAt = undefined;
  };
  /** At each request anew, until it has come. */
  const load = (): void => {
    if (reading.ready) return begin(reading.ready);
    reading
      .load()
      .then(begin)
      .catch(() => {
        isLost = true;
        endUnread();
      });
  };
  const leave = (): void => (turn.answering ? turn.answering.leave() : endUnread("abandoned"));
  const going = (): void => turn.answering?.going();

  const turn = {
    get traceId() {
      return trace.traceId;
    },
    get running() {
      return turn.answering?.running() ?? open ?? trace;
    },
    trace,
    latency,
    options,
    beganAt,
    resumedAt,
    isJoined: !!given,
    ui,
    registry,
    newId: randomHex,
    closes: (error) => {
      // Its listeners are of the library: they do not throw.
      for (const listener of registry.closing) listener(turn, error);
      registry.open.delete(turn);
    },
    apiId: randomHex(),
    requests: 0,
    tell,
    ...createJoining(options, trace, () => turn.apiId, labels.baggage),
    calling: async () => {
      // The next request of the same turn has an id of its own.
      if (turn.apiId === calledId) turn.apiId = randomHex();
      calledId = turn.apiId;
      isOver = isLost = false;
      // How the last one ended says nothing of this one.
      firsts = {};
      load();
      if (turn.requests) turn.listen(true);
      else void ui?.end({}, FLUSH_HOLD_MS);
      turn.requests += 1;
      registry.open.add(turn);
      calledAt = resumedAt ?? Date.now();
      const name = "frontend-backend-api-call";
      open = trace.span({ id: calledId, name, startTime: calledAt }, FLUSH_HOLD_MS);
      tell("called", open, calledAt, turn.requests);
      latency.mark("pre_api_flush");
      const flushed = client.flush().then(({ success }) => {
        if (success) latency.mark("post_api_flush_success");
      });
      const { flushWaitMs } = options;
      if (flushWaitMs) await within(flushWaitMs, flushed);
    },
    listen: (isOn) => {
      const change = page[isOn ? "addEventListener" : "removeEventListener"];
      change?.("pagehide", leave, true);
      change?.("beforeunload", going);
    },
  } as OpenTurn;
  turn.listen(true);
  registry.open.add(turn);
  load();
  return turn;
}
