// One edge a folder: a Unix socket in it that the kernel lets go when its process ends, however that was. A number of
// a process in a file would outlive it, and mean somebody else after a restart, in a container always. Sockets and the
// tickets that lead to them (symbolic links, since making one fails where the name exists) are in `locks`; `lock` leads
// to the holder's too, for an edge of an earlier version, which listens there itself.
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { lstatSync, readlinkSync, rmSync } from "node:fs";
import { mkdir, readdir, rm, symlink } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { ServeError } from "../serve-error.ts";
import { type LiveSocket, type LockNames, takeTicket } from "./lock-tickets.ts";

const NAME = "lock";
const FOLDER = "locks";
/** macOS allows 103 bytes for a socket's path, Linux 107. */
const MAX_PATH = 103;
const ID_BYTES = 5;
const LONGEST_NAME = `/${FOLDER}/s${"0".repeat(2 * ID_BYTES)}`;
/** File systems without sockets or links, such as some that containers share with a desktop. */
const NO_SOCKETS = new Set(["ENOTSUP", "EOPNOTSUPP", "EPERM", "EINVAL", "ENOSYS"]);
/** Nobody listens, nothing is there, no socket. After any other error somebody may live. */
const DEAD = new Set(["ECONNREFUSED", "ENOENT", "ENOTSOCK"]);

export interface FolderLock {
  /** False where the file system has no sockets: nobody guards the folder then. */
  isHeld: boolean;
  release: () => void;
}

/** @throws ServeError where another one holds it */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const most = MAX_PATH - LONGEST_NAME.length;
  if (Buffer.byteLength(folder) > most) {
    throw new ServeError("start", `the path of the data folder is too long: at most ${most} bytes`);
  }
  const path = join(folder, NAME);
  try {
    await mkdir(join(folder, FOLDER), { recursive: true, mode: 0o700 });
    // Before anything is made: it may be an edge of an earlier version's.
    if (await isAlive(path)) throw anotherOne(path);
    const socket = await takeTicket(namesIn(join(folder, FOLDER)));
    if (socket === undefined) throw anotherOne(path);
    return await held(path, socket);
  } catch (error) {
    if (error instanceof ServeError) throw error;
    if (NO_SOCKETS.has(codeOf(error))) return { isHeld: false, release: () => undefined };
    const why = error instanceof Error ? error.message : String(error);
    throw new ServeError("start", `the data folder can't be written: ${why}`);
  }
}

function anotherOne(path: string): ServeError {
  const what = "another langfuse-edge runs on this data folder";
  return new ServeError("start", `${what} (${path}): stop it, or take another --data`);
}

/** Leads `lock` to the holder's socket. Only an edge of an earlier version can be in the way. */
async function held(path: string, socket: LiveSocket): Promise<FolderLock> {
  const target = `${FOLDER}/${socket.name}`;
  try {
    do {
      if (await isAlive(path)) throw anotherOne(path);
      await rm(path, { force: true });
    } while (!(await makeLink(target, path)));
  } catch (error) {
    socket.close();
    throw error;
  }
  const release = (): void => {
    // First, since the next one may come as soon as the socket is closed.
    if (targetOf(path) === target) rmSync(path, { force: true });
    socket.close();
  };
  return { isHeld: true, release };
}

function namesIn(folder: string): LockNames {
  const at = (name: string): string => join(folder, name);
  return {
    // Of few names, so one call of the system: none moves meanwhile.
    list: () => readdir(folder),
    isAlive: (ticket) => isAlive(at(ticket)),
    listen: async () => {
      const name = `s${randomBytes(ID_BYTES).toString("hex")}`;
      const server = createServer((socket) => socket.destroy());
      server.listen(at(name));
      await once(server, "listening");
      server.unref();
      // Closing it removes its file.
      return { name, close: () => server.close() };
    },
    link: (socket, ticket) => makeLink(socket, at(ticket)),
    remove: async (name) => {
      const found = lstatSync(at(name), { throwIfNoEntry: false });
      const isOurs = found?.isSymbolicLink() === true || found?.isSocket() === true;
      if (isOurs) await rm(at(name), { force: true });
    },
  };
}

async function makeLink(target: string, path: string): Promise<boolean> {
  try {
    await symlink(target, path);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

async function isAlive(path: string): Promise<boolean> {
  const socket = connect(path);
  try {
    await once(socket, "connect");
    return true;
  } catch (error) {
    return !DEAD.has(codeOf(error));
  } finally {
    socket.destroy();
  }
}

function targetOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === "string" ? code : "";
}
