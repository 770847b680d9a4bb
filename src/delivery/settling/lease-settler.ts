// The settlements of a pass: of a lease as soon as all is known of it, or of a part that is known while the rest takes
// long. The project's ledger is told first: then each session knows what the ledger knows, whoever dies when. Where
// there is time for more, a settlement brings the next lease.
import type { NamedReport } from "../../protocol/books/ledger-calls.ts";
import type { Lease } from "../../protocol/session/lease-calls.ts";
import type { SettleAnswer, Settlement } from "../../protocol/session/settle-calls.ts";
import { KNOWN, type SessionDeps, settle, SETTLE_AGAIN_MS } from "../call-session.ts";
import { settledFigures } from "../figures/settled-figures.ts";
import { inParallel } from "../in-parallel.ts";
import {
  bytesOf,
  CALLS_AT_ONCE,
  type Held,
  type ObjectLeases,
  PASS_BYTES,
} from "../lease-objects.ts";
import { addNotFound, addReport, type PassResult } from "../pass-result.ts";
import type { HeldRecords } from "./held-records.ts";
import type { LateSettlements } from "./late-settlements.ts";
import { LeaseBooks, type Settled } from "./lease-books.ts";
import type { LeaseOutcome, PartOutcome } from "./lease-outcome.ts";

const NO_KIND: NonNullable<Settlement["retry"]> = { reason: "unavailable", kinds: [] };

/** The end of a lease: of its outcome, what its object does not know yet. */
export interface Settling extends Settled {
  /** Nothing of it was left or set aside. */
  goesWell: boolean;
  /** Leases among which the room of a pass is shared. */
  sharers: number;
}

export interface SettlerDeps extends SessionDeps {
  publicKey: string;
  /** Hands reports to the project's ledger; true where it has them. */
  tell: (reports: readonly NamedReport[]) => Promise<boolean>;
  /** Somebody is to be told what the settled records tell. */
  tellsFigures: boolean;
  objects: ObjectLeases;
  result: PassResult;
  held: HeldRecords;
  late: LateSettlements;
  /** Another pass of this isolate has some of the lease's records still. */
  isHeld: (object: string, lease: Lease) => boolean;
  /** The pass has time for another lease. */
  mayGoOn: () => boolean;
  /** Receives the next lease that a settlement brought. */
  lent: (held: Held) => void;
  now: () => number;
  wait: (ms: number) => Promise<void>;
}

export class LeaseSettler {
  readonly #deps: SettlerDeps;
  readonly #books: LeaseBooks;
  /** Settlements that their objects did not take at first. */
  readonly #again: Promise<void>[] = [];
  /** Leases whose records for figures alone are settled. */
  readonly #sampledOutTold = new WeakSet<Lease>();

  constructor(deps: SettlerDeps) {
    this.#deps = deps;
    this.#books = new LeaseBooks(deps.tell);
  }

  /** Settlements that their objects did not take at first have been made, or failed. */
  async idle(): Promise<void> {
    await Promise.all(this.#again);
  }

  /** Leases without those of which another pass has some records still: these end untried. */
  async withoutHeld(given: readonly Held[]): Promise<Held[]> {
    const { held, isHeld } = this.#deps;
    const [others, own] = [[] as Held[], [] as Held[]];
    for (const one of given) (isHeld(one.object, one.lease) ? others : own).push(one);
    for (const { object, lease } of own) held.lent(object, lease);
    await Promise.all(others.map((one) => this.giveBack(one)));
    return own;
  }

  /** True where the object has it. */
  async settlePart({ object, lease }: Held, part: PartOutcome): Promise<boolean> {
    const { held, late, result } = this.#deps;
    const settled = this.#withSampledOut(part, lease);
    const told = await this.#tellPart({ object, lease, outcome: settled });
    this.#settling(object, lease, settled);
    const answer = await settle(this.#deps, object, { lease: lease.id, ...settled, ...told });
    if (answer === undefined) {
      late.failed(object);
      return false;
    }
    held.settled(object, lease, part.keeps);
    this.#sampledOutTold.add(lease);
    this.#books.settledPart(lease, settled);
    addNotFound(result, answer);
    result.objects.add(object);
    addReport(result, object, answer.report);
    this.#addFigures(lease, settled, answer);
    return true;
  }

  /** A part that says only that the lease hangs changes nothing in the books. */
  async #tellPart(settled: Settled): Promise<Pick<Settlement, "told">> {
    const { delivered, dead } = settled.outcome;
    if (delivered.length + dead.length === 0) return { told: false };
    const [told = {}] = await this.#books.told([settled]);
    return told;
  }

  #settling(object: string, lease: Lease, { delivered }: LeaseOutcome): void {
    const { late, now } = this.#deps;
    late.settling(object, lease, delivered, now());
  }

  /** Leases of which all is known. */
  async settle(leases: readonly Settling[]): Promise<void> {
    if (leases.length === 0) return;
    const settling = leases.map((one) => ({
      ...one,
      outcome: this.#withSampledOut(one.outcome, one.lease),
    }));
    const told = await this.#books.told(settling);
    await inParallel([...settling.keys()], CALLS_AT_ONCE, async (index) => {
      const one = settling[index];
      if (one !== undefined) await this.#settleLease(one, told[index]);
    });
  }

  /** Settles one lease of `sharers`, and asks for the next one, where there is time for more. */
  async #settleLease(settling: Settling, told: Pick<Settlement, "told"> = {}): Promise<void> {
    const { object, lease, outcome, goesWell, sharers } = settling;
    const { objects, result, held } = this.#deps;
    objects.heldBytes -= bytesOf(lease);
    // Objects that wait to be asked go first; more of the same ones is leased only after them.
    const goesOn = this.#deps.mayGoOn() && !objects.hasWaiting;
    const room = Math.min(Math.floor(PASS_BYTES / sharers), PASS_BYTES - objects.heldBytes);
    const asks = goesOn && goesWell && room > 0 && objects.mayAsk();
    if (asks) objects.heldBytes += room;
    const buried = outcome.dead.at(-1);
    this.#settling(object, lease, outcome);
    if (buried) result.lastDead = { ...buried, id: `${object}.${buried.ordinal}` };
    const settlement: Settlement = {
      lease: lease.id,
      ...outcome,
      ...told,
      // For an object of an earlier version, which would lend what is set aside again at once.
      ...(outcome.setAside && !outcome.retry && { retry: NO_KIND }),
    };
    const answer = await settle(this.#deps, object, {
      ...settlement,
      ...(asks && { next: { maxBytes: room, strict: true, ...KNOWN } }),
    });
    held.settled(object, lease);
    if (asks) objects.heldBytes -= room;
    if (answer === undefined) {
      this.#again.push(this.#settleAgain(settling, settlement));
      return;
    }
    this.#addSettled(settling, answer);
    if (answer.next === undefined) return;
    objects.heldBytes += bytesOf(answer.next);
    this.#deps.lent({ object, lease: answer.next });
  }

  /** Nobody waits for it but the end of the pass: an object that throws holds up no other. */
  async #settleAgain(settling: Settling, settlement: Settlement): Promise<void> {
    const { wait, late, now } = this.#deps;
    late.unheard(settling.object, settlement.delivered, now());
    await wait(SETTLE_AGAIN_MS);
    const answer = await settle(this.#deps, settling.object, settlement, true);
    if (answer === undefined) late.failed(settling.object);
    else this.#addSettled(settling, answer);
  }

  #addSettled({ object, lease, outcome, goesWell }: Settling, answer: SettleAnswer): void {
    const { result } = this.#deps;
    result.objects.add(object);
    addReport(result, object, answer.report);
    addNotFound(result, answer);
    this.#addFigures(lease, outcome, answer);
    // Records sealed meanwhile have been claimed again, and are on their way.
    result.pending.set(object, goesWell ? 0 : answer.sealed);
  }

  /**
   * Records that are for their figures alone are done with: their session counts them as what they are. The first
   * settlement of a lease has them, since the next consumer may be lent what it leaves.
   */
  #withSampledOut<Outcome extends LeaseOutcome>(outcome: Outcome, lease: Lease): Outcome {
    const done = lease.records.filter(({ sampledOut }) => sampledOut === true);
    if (done.length === 0 || this.#sampledOutTold.has(lease)) return outcome;
    const delivered = [...outcome.delivered, ...done.map(({ ordinal }) => ordinal)];
    return { ...outcome, delivered };
  }

  /** A lease of which nothing was posted ends: its object claims again at once. */
  async giveBack({ object, lease }: Held): Promise<void> {
    const { objects, result } = this.#deps;
    objects.heldBytes -= bytesOf(lease);
    const answer = await settle(this.#deps, object, {
      lease: lease.id,
      delivered: [],
      dead: [],
      retry: { reason: "pass_full" },
      told: false,
    });
    if (answer === undefined) return;
    result.pending.set(object, answer.sealed);
  }

  #addFigures(lease: Lease, settled: LeaseOutcome, answer: SettleAnswer): void {
    const { publicKey, result, log, tellsFigures } = this.#deps;
    if (!tellsFigures) return;
    const told = settledFigures(publicKey, lease, settled, answer, log);
    for (const one of told) result.figures.push(one);
  }
}
