// What was refused at the door, by code, and what pages say they gave up, gathered in this isolate and told to
// each project's ledger a moment later, in one call. Figures are cumulative: a call that is lost, or repeated,
// is made good by the next one. Nothing here is waited for.
import { describeError, type logEvent } from "../log.ts";
import { addFigures, type Figures } from "../protocol/books/figures.ts";
import type { LedgerCalls, NamedReport } from "../protocol/books/ledger-calls.ts";
import { derivedId } from "../protocol/ids.ts";

/** Refusals are gathered this long: a flood of them costs a call in this time. */
export const DOOR_GATHER_MS = 5_000;
/** A send that is so late is taken for lost with the request that was to make it. */
const OVERDUE_MS = 5_000;
/** Pages that are told of in one call; what others gave up is told with their next request. */
const MAX_CLIENTS = 200;

export interface DoorCountDeps {
  /** Of this isolate; no other may have it. */
  id: string;
  ledger: (publicKey: string) => Pick<LedgerCalls, "take">;
  now: () => number;
  wait: (ms: number) => Promise<void>;
  log: typeof logEvent;
}

interface Counted {
  figures: Figures;
  /** As the ledger was told before. */
  before?: Figures;
  /** By client, what was not told yet. */
  clients: Map<string, Figures>;
  isNews: boolean;
}

export class DoorCount {
  readonly #deps: DoorCountDeps;
  readonly #born: number;
  /** By public key. */
  readonly #counted = new Map<string, Counted>();
  #plannedAt = Number.NEGATIVE_INFINITY;

  constructor(deps: DoorCountDeps) {
    this.#deps = deps;
    this.#born = deps.now();
  }

  refused(publicKey: string, code: string, count = 1): void {
    if (count === 0) return;
    const counted = this.#of(publicKey);
    counted.figures = addFigures(counted.figures, { [`refused:${code}`]: count });
    counted.isNews = true;
  }

  /** @param givenUp all that the client has given up so far, by reason */
  givenUp(publicKey: string, clientId: string, givenUp: Readonly<Record<string, number>>): void {
    const counted = this.#of(publicKey);
    const figures = Object.entries(givenUp).map(
      ([reason, n]) => [`given_up:${reason}`, n] as const,
    );
    if (figures.length === 0 || counted.clients.size >= MAX_CLIENTS) return;
    const source = `client/${derivedId(publicKey, clientId)}`;
    counted.clients.set(source, Object.fromEntries(figures));
    counted.isNews = true;
  }

  /** After each request: tells the ledgers, unless another request will; undefined where there is no news. */
  flush(): Promise<void> | undefined {
    const now = this.#deps.now();
    const isNews = [...this.#counted.values()].some((counted) => counted.isNews);
    if (!isNews || now <= this.#plannedAt + OVERDUE_MS) return undefined;
    this.#plannedAt = now + DOOR_GATHER_MS;
    return this.#run();
  }

  async #run(): Promise<void> {
    await this.#deps.wait(DOOR_GATHER_MS);
    this.#plannedAt = Number.NEGATIVE_INFINITY;
    await Promise.all(Array.from(this.#counted, ([key, counted]) => this.#tell(key, counted)));
  }

  async #tell(publicKey: string, counted: Counted): Promise<void> {
    const { id, now, ledger, log } = this.#deps;
    if (!counted.isNews) return;
    const { figures, before, clients } = counted;
    const at = now();
    const own = { source: `edge/${id}`, born: this.#born, at, figures, ...(before && { before }) };
    const ofClients = Array.from(clients, ([source, its]): NamedReport => {
      return { source, born: 1, at, figures: its };
    });
    counted.isNews = false;
    counted.clients = new Map();
    try {
      await ledger(publicKey).take([own, ...ofClients]);
      counted.before = figures;
    } catch (error) {
      // Told again with the next news: what a page gave up it says itself again.
      log("warn", "ledger_not_told", {
        project: derivedId("project", publicKey).slice(0, 12),
        error: describeError(error),
      });
    }
  }

  #of(publicKey: string): Counted {
    const found = this.#counted.get(publicKey);
    if (found !== undefined) return found;
    const counted: Counted = { figures: {}, clients: new Map(), isNews: false };
    this.#counted.set(publicKey, counted);
    return counted;
  }
}
