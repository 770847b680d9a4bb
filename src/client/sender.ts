// From a call to the edge's answer, under one identity. Actions are numbered, queued and sent in
// batches; one request is under way at a time, except when the page may go.
// Invariant: an action keeps its number, and is resolved exactly once: answered, kept for another
// page, or dropped and counted. A repeat is harmless, since the edge knows the number.
// Must not throw into the app, hold the main thread, or send under an identity that has changed.
import { ownerTag, randomHex } from "./ids.ts";
import type { ClientOptions, Identity, Options } from "./options.ts";
import { isOffline, page } from "./page.ts";
import { type Answer, resultsOf } from "./results.ts";
import type { DropReason, Result } from "./types.ts";

/** Where an action is. */
const enum State {
  /** In no request, or in one that would die with the page. */
  Waiting,
  /** In a request that outlives the page. */
  Lasting,
  Through,
}

interface Item {
  json: string;
  bytes: number;
  state: State;
  /** A flush has no number, and nothing is lost with it. */
  seq: number | undefined;
  resolve: Resolve;
}
type Resolve = (result: Result) => void;

/** Under whose number and session actions are sent. */
export interface From {
  clientId: string;
  sessionId?: string | undefined;
  dropped?: object;
}
export type Attempt = (
  from: From,
  actions: string[],
  /** Asked when the request goes out: may it outlive the page? */
  lasts: () => boolean,
  urgent?: boolean,
) => Promise<Answer>;

export interface Sender {
  /** Whose actions are sent; what is not known yet is missing. */
  who: Identity & { tag?: string | undefined };
  /** Queues an action; it waits at most so long for company, ms; with Infinity for what goes next. */
  push(action: string, data: object, resolve: Resolve, hold?: number): void;
  /** Sends what is queued, as soon as the network and the request under way allow. */
  pump(): void;
  /** The page may be gone at once, and never come back. */
  hurry(): void;
  /** The page or the network is back. */
  resume(): Promise<void>;
  /** The user has gone: one last try, nothing is kept. */
  end(): void;
}

export const failed = (code: string): Result => ({ success: false, error: { code } });

/** `changed`: the app says now that the user is another. */
export function createSender(
  options: Options,
  { identify, offline }: ClientOptions,
  base: Identity,
  changed: (next: Identity) => void,
): Sender {
  /** Browsers let 64 KiB of request bodies outlive a page, all requests together. */
  const LASTING_BYTES = 65_536;
  /** What stands around the actions of a request, at most. */
  const ENVELOPE_BYTES = 1500;
  /** From so many characters on compressing pays. */
  const GZIP_FROM = 8000;
  const RETRIES = 5;
  const FIRST_PAUSE_MS = 500;
  const LONGEST_PAUSE_MS = 30_000;
  const WAITING_BYTES = 4_000_000;

  const clientId = randomHex();
  /** Counted from the beginning, so that a repeat tells nothing twice. */
  const dropped: Partial<Record<DropReason, number>> = {};
  let owner = "";
  let bearer = "";
  let sessionId = "";
  let items: Item[] = [];
  let numbers = 0;
  /** What has to end before the next request: one that is under way, or a pause. */
  let holds = 0;
  let again = false;
  let failures = 0;
  let gone = false;
  /** Bytes of requests under way that may outlive the page. */
  let lasting = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const drop = (reason: DropReason, by: number): void => {
    if (!by) return;
    dropped[reason] = (dropped[reason] ?? 0) + by;
    try {
      options.onDrop(reason, by);
    } catch {
      // The app's own trouble; the sending goes on.
    }
  };
  const settle = (item: Item, result: Result): void => {
    item.state = State.Through;
    items = items.filter((other) => other !== item);
    item.resolve(result);
  };

  const accept = (given?: Identity): void => {
    const who = { ...base, ...given };
    const { token, publicKey = "", userId } = who;
    const user = userId || who.sessionId;
    const name = JSON.stringify([options.endpoint, publicKey, userId, who.sessionId]);
    if (gone) return;
    if (owner && owner !== name) changed(who);
    else {
      owner = name;
      bearer = token || publicKey;
      sessionId ||= who.sessionId || `ui2-${randomHex()}`;
      sender.who = { ...who, sessionId, tag: token && user && ownerTag(publicKey, user) };
    }
  };

  const pump = (): void => {
    again = holds > 0 || isOffline();
    if (!again) void send();
    else if (isOffline()) keep();
  };
  const release = (): void => {
    holds -= 1;
    if (again) pump();
  };

  /**
   * One attempt to hand actions to the edge. `urgent`: the page may be gone at once, so nothing is
   * waited for, neither a new token nor the compression.
   */
  const attempt: Attempt = async (from, actions, lasts, urgent) => {
    try {
      if (identify && !urgent) accept(await identify());
      const head = JSON.stringify({ sessionId, ...from, sentAt: Date.now() });
      const text = `${head.slice(0, -1)},"actions":[${actions.join()}]}`;
      const headers: Record<string, string> = { "content-type": "application/json" };
      let body: BodyInit = text;
      if (bearer) headers["authorization"] = `Bearer ${bearer}`;
      if (!urgent && text.length > GZIP_FROM && page.CompressionStream) {
        headers["content-encoding"] = "gzip";
        const packed = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
        body = await new Response(packed).blob();
      }
      const signal = AbortSignal.timeout(options.timeoutMs);
      const request = { method: "POST", body, headers, keepalive: lasts(), signal };
      const response = await options.fetch(options.endpoint, request);
      return {
        status: response.status,
        after: Number(response.headers.get("retry-after")) || 0,
        body: (await response.json().catch(() => null)) as Answer["body"],
      };
    } catch {
      return { status: 0, after: 0 };
    }
  };

  /** False when there is nothing to send, or no room for it. */
  const send = (urgent?: boolean): boolean => {
    const left = (): number => LASTING_BYTES - ENVELOPE_BYTES - lasting;
    const room = urgent ? left() : options.batchBytes;
    const batch: Item[] = [];
    let bytes = 0;
    for (const item of items) {
      if (item.state) continue;
      const fits = bytes + item.bytes <= room || !(urgent || batch[0]);
      if (fits && batch.length < options.batchActions) {
        bytes += item.bytes;
        batch.push(item);
      } else if (!urgent) {
        again = true;
        break;
      }
    }
    if (!batch[0]) return false;
    let held = 0;
    const lasts = (): boolean => {
      const fits = bytes <= left();
      if (fits) {
        lasting += held = bytes + ENVELOPE_BYTES;
        for (const item of batch) item.state ||= State.Lasting;
      }
      return fits;
    };
    const actions = batch.map((item) => item.json);
    holds += 1;
    void attempt({ clientId, dropped }, actions, lasts, urgent).then((answer) => {
      lasting -= held;
      land(batch, answer);
      release();
    });
    return true;
  };

  const land = (batch: Item[], answer: Answer): void => {
    const { status, after } = answer;
    let left = false;
    for (const [i, result] of resultsOf(answer, batch).entries()) {
      const item = batch[i] as Item;
      if (item.state === State.Through) continue;
      item.state = State.Waiting;
      if (result.error?.retryable) left = again = true;
      else {
        if (item.seq && !result.success) drop("send_error", 1);
        settle(item, result);
      }
    }
    if (!left) failures = 0;
    else if (gone || (failures >= RETRIES && !offline)) {
      failures = 0;
      giveUp(status === 429 ? "ratelimit_backoff" : status ? "send_error" : "network_error");
    } else {
      const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures);
      failures += 1;
      holds += 1;
      setTimeout(release, after * 1e3 + pause * (1 + Math.random()));
    }
  };

  /** Resolves what is not yet that far; what is lost with that is returned. */
  const clear = (code: string): string[] => {
    const cleared = items.filter((item) => !item.state);
    for (const item of cleared) settle(item, failed(code));
    return cleared.filter((item) => item.seq).map((item) => item.json);
  };
  const giveUp = (reason: DropReason): void => drop(reason, clear(reason).length);

  /** To another page, or to this one later, whatever no request has that outlives the page. */
  const keep = (): void => {
    if (!offline || !owner) return;
    const actions = clear("offline");
    if (actions[0]) offline.keep(owner, { clientId, sessionId }, actions, drop);
  };

  const resume = async (): Promise<void> => {
    if (gone || isOffline()) return;
    clearTimeout(timer);
    holds += 1;
    try {
      if (identify) accept(await identify());
      await offline?.drain(owner, attempt, drop);
    } catch {
      timer = setTimeout(() => void resume(), LONGEST_PAUSE_MS);
    }
    release();
  };

  const sender: Sender = {
    who: base,
    push: (action, data, resolve, hold = options.flushMs) => {
      const waiting = items.reduce((sum, item) => sum + item.bytes, 0);
      const fits = items.length < options.queueActions && waiting < WAITING_BYTES;
      let reason: DropReason = fits ? "before_send" : "queue_overflow";
      try {
        const sent = fits && !gone && options.beforeSend(action, data);
        if (sent) {
          reason = "internal_sdk_error";
          const seq = action === "flush" ? undefined : numbers + 1;
          const json = JSON.stringify({ seq, action, data: sent, at: Date.now() });
          const bytes = new TextEncoder().encode(json).length + 1;
          items.push({ json, bytes, seq, state: State.Waiting, resolve });
          numbers = seq ?? numbers;
          const full = items.length >= options.batchActions || waiting >= options.batchBytes;
          if (full || hold < Infinity) setTimeout(pump, full ? 0 : hold);
          return;
        }
      } catch {
        // A filter that fails lets nothing through, and what has no JSON cannot be sent.
      }
      drop(reason, 1);
      resolve(failed(reason));
    },
    pump,
    hurry: () => {
      if (owner && !isOffline()) while (send(true));
      keep();
    },
    resume,
    end: () => {
      sender.hurry();
      gone = true;
      giveUp("send_error");
      offline?.clear(drop);
    },
  };
  if (!identify) accept();
  void resume();
  return sender;
}
