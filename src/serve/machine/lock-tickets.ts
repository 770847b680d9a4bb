// Which of many processes holds a folder: the steps, over a folder that keeps names. No I/O of its own.
//
// A ticket is a number that leads to a socket of the process that made it. The socket listens before the ticket is
// made, and its name is never given twice: a ticket that was found dead is dead for ever. To hold the folder is to have
// made the ticket after a dead one, and to have found afterwards that no greater one exists.
//
// The greatest ticket never falls, since only the holder removes any, and only others than its own. So while k is held,
// nobody comes to hold another one. A greater one: when k's maker looked, no greater one had ever been made; the first
// after that is made by one who found the greatest before it dead, which is k, and k lives. A smaller one, made late by
// one who slept meanwhile: its maker looks again, and sees k.
// The maker of the greatest ticket holds, if it lives. Nobody waits for anybody, and nobody is refused but for one who
// lives.
// The holder may remove a socket that another one is about to use: that one looked before the holder's ticket was made,
// so its number is taken, or smaller.

const TICKET = /^[1-9]\d*$/;

export interface LockNames {
  /** One look: a name that is there all the while is in it. */
  list: () => Promise<string[]>;
  isAlive: (ticket: string) => Promise<boolean>;
  /** A socket under a name that nobody had before, not a number. It listens. */
  listen: () => Promise<LiveSocket>;
  /** Makes a ticket that leads to a socket; false where it exists. One of many succeeds. */
  link: (socket: string, ticket: string) => Promise<boolean>;
  /** Does nothing where it is gone. */
  remove: (name: string) => Promise<void>;
}

export interface LiveSocket {
  name: string;
  /** It is dead from then on, at once, and its name gone. */
  close: () => void;
}

/** @returns the socket by which the folder is held, or nothing where another one holds it, or is about to */
export async function takeTicket(names: LockNames): Promise<LiveSocket | undefined> {
  for (;;) {
    const last = greatest(await names.list());
    if (last > 0 && (await names.isAlive(String(last)))) return undefined;
    const mine = String(last + 1);
    const socket = await names.listen();
    if ((await names.link(socket.name, mine)) && (await isGreatest(names, mine))) {
      await sweep(names, [mine, socket.name]);
      return socket;
    }
    socket.close();
  }
}

async function isGreatest(names: LockNames, ticket: string): Promise<boolean> {
  return greatest(await names.list()) === Number(ticket);
}

/** Removes what earlier ones left. By the holder alone, before it does anything else. */
async function sweep(names: LockNames, own: readonly string[]): Promise<void> {
  for (const name of await names.list()) if (!own.includes(name)) await names.remove(name);
}

function greatest(found: readonly string[]): number {
  return Math.max(0, ...found.filter((name) => TICKET.test(name)).map(Number));
}
