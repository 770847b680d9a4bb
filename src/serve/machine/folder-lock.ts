// One edge a folder: a Unix socket in it that the kernel lets go when its process ends, however that was. A number of
// a process in a file would outlive it, and mean somebody else after a restart, in a container always.
import { once } from "node:events";
import { renameSync, rmSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { join } from "node:path";
import { ServeError } from "../serve-error.ts";

const NAME = "lock";
/** macOS allows 103 bytes for a socket's path, Linux 107; the one that is set aside has a few more. */
const MAX_PATH = 90;
const ATTEMPTS = 5;
/** File systems without sockets, such as some that containers share with a desktop. */
const NO_SOCKETS = new Set(["ENOTSUP", "EOPNOTSUPP", "EPERM", "EINVAL", "ENOSYS"]);

export interface FolderLock {
  /** False where the file system has no sockets: nobody guards the folder then. */
  isHeld: boolean;
  release: () => void;
}

export async function lockFolder(folder: string): Promise<FolderLock> {
  const path = join(folder, NAME);
  if (Buffer.byteLength(path) > MAX_PATH) {
    const most = MAX_PATH - NAME.length - 1;
    throw new ServeError("start", `the path of the data folder is too long: at most ${most} bytes`);
  }
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const server = await listen(path);
    if (server === "no sockets") return { isHeld: false, release: () => undefined };
    // Closing it removes its file.
    if (server !== "taken") return { isHeld: true, release: () => server.close() };
    if (!(await removeDead(path))) break;
  }
  const what = "another langfuse-edge runs on this data folder";
  throw new ServeError("start", `${what} (${path}): stop it, or take another --data`);
}

async function listen(path: string): Promise<Server | "taken" | "no sockets"> {
  const server = createServer((socket) => socket.destroy());
  try {
    server.listen(path);
    await once(server, "listening");
  } catch (error) {
    const code = codeOf(error);
    if (code === "EADDRINUSE") return "taken";
    if (NO_SOCKETS.has(code)) return "no sockets";
    const why = error instanceof Error ? error.message : String(error);
    throw new ServeError("start", `the data folder can't be written: ${why}`);
  }
  server.unref();
  return server;
}

/** Whether the way is free: the socket's process has ended. */
async function removeDead(path: string): Promise<boolean> {
  if (await isAlive(path)) return false;
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch {
    // Somebody else has removed it.
    return true;
  }
  // Another one may have come between the look and the move.
  const isFree = !(await isAlive(aside));
  if (isFree) rmSync(aside, { force: true });
  else renameSync(aside, path);
  return isFree;
}

async function isAlive(path: string): Promise<boolean> {
  const socket = connect(path);
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === "string" ? code : "";
}
