// A process that tries to hold a folder whenever it is told to: `take`, `leave`. It says what came of it, a line each.
import { createInterface } from "node:readline";
import { type FolderLock, lockFolder } from "../../../../src/serve/machine/folder-lock.ts";

const [folder = ""] = process.argv.slice(2);
let lock: FolderLock | undefined;

async function take(): Promise<string> {
  try {
    lock = await lockFolder(folder);
    return lock.isHeld ? "held" : "no sockets";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  if (line === "take") console.log(await take());
  if (line === "leave") {
    lock?.release();
    console.log("left");
  }
}
