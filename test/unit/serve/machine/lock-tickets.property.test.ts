// However the steps of many processes fall between each other, and whoever is killed in the middle of them: at most one
// holds a folder, and where nobody was killed, one does.
import fc from "fast-check";
import { expect, it } from "vitest";
import { type LockNames, takeTicket } from "../../../../src/serve/machine/lock-tickets.ts";
import { runs } from "../../../support/runs.ts";

interface Process {
  id: number;
  state: "deciding" | "held" | "refused" | "ended";
  /** Its next step. */
  next: (() => void) | undefined;
  close: () => void;
}

/** What several processes see of a folder. Each effect is a step, which somebody else lets happen. */
class Folder {
  /** To what each name leads: a ticket to a socket, a socket to itself. */
  readonly names = new Map<string, string>();
  readonly listening = new Map<string, Process>();
  #given = 0;

  namesFor(process: Process): LockNames {
    const step = <T>(effect: () => T): Promise<T> =>
      new Promise((resolve) => {
        process.next = () => resolve(effect());
      });
    const drop = (socket: string): void => void this.listening.delete(socket);
    return {
      list: () => step(() => [...this.names.keys()]),
      isAlive: (name) => step(() => this.#isAlive(name)),
      listen: async () => {
        const name = await step(() => this.#bind());
        await step(() => this.listening.set(name, process));
        const close = (): void => {
          this.names.delete(name);
          drop(name);
        };
        process.close = close;
        return { name, close };
      },
      link: (socket, name) =>
        step(() => {
          const isFree = !this.names.has(name);
          if (isFree) this.names.set(name, socket);
          return isFree;
        }),
      remove: (name) => step(() => void this.names.delete(name)),
    };
  }

  #bind(): string {
    this.#given += 1;
    const name = `s${this.#given}`;
    this.names.set(name, name);
    return name;
  }

  #isAlive(name: string): boolean {
    const socket = this.names.get(name);
    return socket !== undefined && this.names.has(socket) && this.listening.has(socket);
  }

  /** Nothing of it happens any more, and what it made stays. */
  kill(process: Process): void {
    process.state = "ended";
    process.next = undefined;
    for (const [socket, owner] of this.listening) {
      if (owner === process) this.listening.delete(socket);
    }
  }
}

function begin(folder: Folder, id: number): Process {
  const process: Process = { id, state: "deciding", next: undefined, close: () => undefined };
  void takeTicket(folder.namesFor(process)).then((socket) => {
    if (process.state === "deciding") process.state = socket === undefined ? "refused" : "held";
  });
  return process;
}

/** Until what was let happen has led to the next step. */
const settle = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

async function run(process: Process): Promise<void> {
  const { next } = process;
  process.next = undefined;
  next?.();
  await settle();
}

const holders = (all: readonly Process[]): number[] =>
  all.filter(({ state }) => state === "held").map(({ id }) => id);

const MOST = 5;
const turnArb = fc.record({
  who: fc.nat(MOST - 1),
  /** So many steps without anybody else's. */
  steps: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 4 }), fc.constant(40)),
  end: fc.constantFrom<"go on" | "kill" | "stop">("go on", "go on", "go on", "kill", "stop"),
});
type Turn = typeof turnArb extends fc.Arbitrary<infer T> ? T : never;
const worldArb = fc.record({
  /** The folder as earlier ones left it, some of them killed. */
  left: fc.array(fc.constantFrom("ticket", "socket", "both"), { maxLength: 2 }),
  many: fc.integer({ min: 2, max: MOST }),
  turns: fc.array(turnArb, { minLength: 4, maxLength: 40 }),
});

function folderWith(left: readonly string[]): Folder {
  const folder = new Folder();
  left.forEach((what, at) => {
    if (what !== "ticket") folder.names.set(`sleft${at}`, `sleft${at}`);
    if (what !== "socket") folder.names.set(String(at + 1), `sleft${at}`);
  });
  return folder;
}

/** @returns all of them, after the turns; those who live are at their next step */
async function play(folder: Folder, many: number, turns: readonly Turn[]): Promise<Process[]> {
  const all = Array.from({ length: many }, (_, id) => begin(folder, id));
  await settle();
  for (const { who, steps, end } of turns) {
    const process = all[who % many]!;
    for (let done = 0; done < steps && process.next !== undefined; done += 1) {
      await run(process);
      expect(holders(all).length).toBeLessThan(2);
    }
    if (end === "kill") folder.kill(process);
    if (end === "stop" && process.state === "held") {
      process.state = "ended";
      process.close();
    }
  }
  return all;
}

async function toItsEnd(process: Process): Promise<void> {
  while (process.next !== undefined) await run(process);
}

it("at most one holds it, whoever is killed or stops, and the next one gets it", async () => {
  await fc.assert(
    fc.asyncProperty(worldArb, async ({ left, many, turns }) => {
      const folder = folderWith(left);
      const all = await play(folder, many, turns);
      for (const process of all) if (process.state !== "held") folder.kill(process);
      const isHeld = holders(all).length === 1;
      const next = begin(folder, many);
      await settle();
      await toItsEnd(next);
      expect(next.state).toBe(isHeld ? "refused" : "held");
      // Its ticket and its socket: nothing of the others, since nobody is at work beside it.
      if (!isHeld) expect(folder.names.size).toBe(2);
    }),
    { numRuns: runs(3_000) },
  );
});

it("one of those who live holds it, and all others are refused", async () => {
  const going = fc.array(
    turnArb.map((turn): Turn => ({ ...turn, end: "go on" })),
    { minLength: 4, maxLength: 40 },
  );
  await fc.assert(
    fc.asyncProperty(worldArb, going, async ({ left, many }, turns) => {
      const folder = folderWith(left);
      const all = await play(folder, many, turns);
      for (const process of all) await toItsEnd(process);
      expect(all.map(({ state }) => state).toSorted()).toEqual([
        "held",
        ...Array.from({ length: many - 1 }, () => "refused"),
      ]);
    }),
    { numRuns: runs(2_000) },
  );
});
