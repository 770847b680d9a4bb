// The way from a call to the edge's answer, under one identity. Actions are numbered, queued and sent in
// batches; one request is under way at a time, except when the page may go.
// Invariant: an action keeps its number, and is resolved exactly once: answered, kept for another
// page, or dropped and counted. A repeat is harmless, since the edge knows the number.
// Must not throw into the app, hold the main thread, or send under an identity that has changed.
import { type Who, whoIs } from "./who.ts";
import { randomHex } from "../trace/ids.ts";
import { type ClientOptions, type Identity, nothing, type Options } from "./options.ts";
import { extras } from "../extras/load-extras.ts";
import { isOffline } from "./page.ts";
import { pauseMs } from "./pause.ts";
import { type Attempt, post } from "./post.ts";
import { queuedBytes, type Item, nextBatch } from "./queue.ts";
import { type EdgeReply, failed, resultsOf } from "./results.ts";
import { MAX_LENGTH, snapshot } from "./snapshot.ts";
import type { Sender } from "./sender-interface.ts";
import type { DropReason } from "../types.ts";

type Timer = ReturnType<typeof setTimeout>;

/** `changed`: the app says now that the user is another. */
export function createSender(
  options: Options,
  { identify, offline }: ClientOptions,
  base: Identity,
  changed: (next: Identity) => void,
): Sender {
  /** Browsers let 64 KiB of request bodies outlive a page, all together; so much of it is for actions. */
  const KEEPALIVE_BYTES = 60_000;
  /** The longest that a call waits for the edge; the action itself stays queued. */
  const ANSWER_MS = 5000;
  /** The room that a full queue has for actions that end a turn, and the most characters of each. */
  const END_BYTES = 5e5;
  const MAX_END_LENGTH = 5e3;
  const MAX_RETRIES = 5;

  const clientId = randomHex();
  /** Counted from the beginning, so that a repeat tells nothing twice. */
  const dropped: Partial<Record<DropReason, number>> = {};
  let who: Who = base;
  const items = new Set<Item>();
  let numbers = 0;
  /** The number of requests under way and of pauses, which end before the next request. */
  let blockers = 0;
  /** What is kept offline is to be sent with the next request, or by one of its own. */
  let drainAgain: boolean | undefined;
  let failures = 0;
  let failedDrains = 0;
  let ended = false;
  let isTold = false;
  /** The edge's last answer said that somebody watches. */
  let watched: boolean | undefined;
  // Timers are shared: one of its own would cost the page more than the call does.
  /** The time of the next request, on the page's own clock; 0: as soon as nothing blocks it. */
  let due = Infinity;
  let pumping: Timer | undefined;
  let telling: Timer | undefined;

  const drop = (reason: DropReason, by: number): void => {
    if (!by) return;
    dropped[reason] = by + (dropped[reason] || 0);
    try {
      options.onDrop(reason, by);
    } catch {
      // The app's own trouble; the sending goes on.
    }
  };
  /** Completes the item's text, once the extras are there. */
  const complete = (item: Item): void => {
    extras.ready?.complete(item);
    item.bytes = new TextEncoder().encode(item.json).length + 1;
  };
  const waiting = (): Item[] => [...items].filter((item) => !item.keepalive);

  const accept = (given?: Identity): void => {
    const identity = { ...base, ...given };
    const next = whoIs(options.endpoint, identity, `ui2-${clientId}`);
    if (ended) return;
    if (who.owner && who.owner !== next.owner) changed(identity);
    else who = next;
  };

  const attempt: Attempt = (...request) => post(options, who, !!identify, ...request);

  const send = async (urgent?: boolean): Promise<void> => {
    blockers += 1;
    if (!urgent && waiting().some(({ odd }) => odd.length)) {
      await extras.load().catch(nothing);
      waiting().forEach(complete);
    }
    const left = (): number => KEEPALIVE_BYTES - queuedBytes(items) + queuedBytes(waiting());
    const batch = nextBatch(
      waiting(),
      urgent ? left() : options.batchBytes,
      options.batchActions,
      urgent,
    );
    const lasts = (): boolean => {
      const fits = left() >= queuedBytes(batch);
      batch.forEach((item) => (item.keepalive ||= fits));
      return fits;
    };
    let answer: EdgeReply = { status: 0 };
    if (waiting()[batch.length]) due = 0;
    try {
      // Nothing is waited for without need: the app's own request may be told to wait for this one.
      if (!urgent) {
        if (identify && !(Date.parse(who.expiresAt as string) > Date.now()))
          accept(await identify());
        if (offline && !ended) {
          try {
            await offline.drain(who.owner, attempt, drop);
            failedDrains = 0;
          } catch {
            // What is kept has nobody else to try it again; what is new does not wait for that.
            drainAgain = true;
            pumpIn(pauseMs((failedDrains += 1)));
          }
        }
      }
      // The user may have gone while the app was asked for another token.
      if (batch[0] && !ended) {
        answer = await attempt(
          { clientId, sessionId: who.sessionId, dropped },
          batch.map((item) => item.json),
          lasts,
          urgent,
        );
      }
    } catch {
      // Nobody answered.
    }
    if (batch[0]) land(batch, answer);
    release();
  };
  const pump = (anyway?: boolean): void => {
    due = Infinity;
    clearTimeout(pumping);
    drainAgain ||= anyway;
    if (isOffline()) keep();
    else if (blockers) due = 0;
    else if (drainAgain || waiting()[0]) {
      drainAgain = false;
      void send();
    }
  };
  const pumpIn = (ms: number): void => {
    const at = performance.now() + ms;
    if (at < due) {
      due = at;
      clearTimeout(pumping);
      pumping = setTimeout(pump, ms);
    }
  };
  const release = (): void => {
    blockers -= 1;
    if (!due) pump();
  };

  const land = (batch: Item[], answer: EdgeReply): void => {
    let left = false;
    const { status, body } = answer;
    if ((watched = body?.watched)) pumpIn(options.flushMs);
    if (!body?.results && status && !isTold && status < 500 && status !== 429) {
      isTold = true;
      // oxlint-disable-next-line no-console -- else a wrong endpoint or key is silent
      console.warn(`langfuse-edge: HTTP ${status} from ${options.endpoint}`);
    }
    resultsOf(answer, batch).forEach((result, i) => {
      const item = batch[i] as Item;
      item.keepalive = false;
      if (result.error?.retryable) left = true;
      else if (items.delete(item)) {
        if (item.seq && !result.success) drop("send_error", 1);
        item.resolve(result);
      }
    });
    if (left && !ended && (offline || failures < MAX_RETRIES)) {
      due = 0;
      setTimeout(release, (answer.after || 0) * 1e3 + pauseMs((failures += 1)));
      blockers += 1;
    } else {
      failures = 0;
      const lost = status ? "send_error" : "network_error";
      if (left) giveUp(status === 429 ? "ratelimit_backoff" : lost);
    }
  };

  /** Resolves what would die with the page; what is lost with that is returned. */
  const clear = (code: string): string[] =>
    waiting().flatMap((item) => {
      items.delete(item);
      item.resolve(failed(code));
      return item.seq ? item.json : [];
    });
  const giveUp = (reason: DropReason): void => drop(reason, clear(reason).length);

  /** To another page, or to this one later, whatever no request has that outlives the page. */
  const keep = (): void => {
    const { owner, sessionId } = who;
    if (offline && owner) {
      const actions = clear("offline");
      if (actions[0]) offline.keep(owner, { clientId, sessionId }, actions, drop);
    }
  };

  /** Those who have waited long enough are told that there is no answer yet. */
  const tell = (): void => {
    telling = undefined;
    for (const item of items) {
      const left = item.at + ANSWER_MS - performance.now();
      if (left > 0) telling ??= setTimeout(tell, left);
      else item.resolve(failed("unanswered"));
    }
  };

  const sender: Sender = {
    who: () => who,
    push: (action, data, hold = options.flushMs) =>
      new Promise((resolve) => {
        const inQueue = queuedBytes(items);
        const left = options.queueBytes - inQueue;
        // An observation that was begun can be ended though the queue is full, if not with all that there is to say.
        const hasRoom = left > (/^[ef]/.test(action) ? -END_BYTES : 0);
        let item: Item | undefined;
        try {
          const sent = hasRoom && !ended && options.beforeSend(action, data);
          if (sent) {
            const seq = action === "flush" ? undefined : (numbers += 1);
            const head = { seq, action, at: Date.now() };
            item = {
              ...snapshot(sent, head, left > 0 ? MAX_LENGTH : MAX_END_LENGTH),
              at: performance.now(),
              seq,
              resolve,
            } as Item;
          }
        } catch {
          // A filter that fails, or gives what cannot be read, lets nothing through.
        }
        if (!item) {
          const reason = hasRoom ? "before_send" : "queue_overflow";
          drop(reason, 1);
          return resolve(failed(reason));
        }
        complete(item);
        if (item.odd.length) extras.load().then(() => complete(item), nothing);
        items.add(item);
        if (items.size >= options.batchActions || inQueue >= options.batchBytes) hold = 0;
        // What would wait for company is seen while it happens.
        else if (watched) hold = options.flushMs;
        telling ??= setTimeout(tell, ANSWER_MS);
        pumpIn(hold);
      }),
    flush: pump,
    onHide: () => {
      if (who.owner && !isOffline() && !(offline && failures)) void send(true);
      keep();
    },
    end: () => {
      sender.onHide();
      ended = true;
      giveUp("send_error");
      offline?.clear(drop);
    },
  };
  if (!identify) accept();
  pump(true);
  return sender;
}
