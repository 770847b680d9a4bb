// Opens a page in the user's browser, by the system's own program. The page's address is an argument of its own: no
// shell reads it.
import { spawn } from "node:child_process";

/** How a system opens an address; undefined where it has no such program. */
export function openerOf(platform: string): [command: string, ...args: string[]] | undefined {
  if (platform === "darwin") return ["open"];
  if (platform === "win32") return ["rundll32", "url.dll,FileProtocolHandler"];
  return platform === "linux" ? ["xdg-open"] : undefined;
}

/** False where nothing could be started, as on a machine without a screen. */
export function openUrl(url: string, platform: string = process.platform): Promise<boolean> {
  const [command, ...args] = openerOf(platform) ?? [];
  if (command === undefined) return Promise.resolve(false);
  return new Promise((done) => {
    const child = spawn(command, [...args, url], { stdio: "ignore", detached: true });
    child.once("error", () => done(false));
    child.once("spawn", () => {
      child.unref();
      done(true);
    });
  });
}
