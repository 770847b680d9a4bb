// A display without a screen: WebKitGTK has no headless mode.
import { spawn } from "node:child_process";
import { once } from "node:events";

export interface Display {
  name: string;
  stop: () => Promise<void>;
}

export async function startDisplay(): Promise<Display> {
  // It chooses a number that is free, and tells it.
  const child = spawn(
    "Xvfb",
    ["-displayfd", "1", "-screen", "0", "1024x768x24", "-nolisten", "tcp"],
    {
      stdio: ["ignore", "pipe", "ignore"],
    },
  );
  const [number] = (await once(child.stdout, "data")) as [Buffer];
  return {
    name: `:${number.toString().trim()}`,
    stop: async () => {
      child.kill();
      await once(child, "exit");
    },
  };
}
