import { spawn } from "node:child_process";
import { once } from "node:events";
import type { CloudflareApi } from "./cloudflare-api.ts";

/** `wrangler deploy` as a person at an account of that API runs it; resolves to what it printed. */
export async function wranglerDeploy(api: CloudflareApi, ...args: string[]): Promise<string> {
  const child = spawn("wrangler", ["deploy", ...args], {
    // Where nobody answers questions, as in the deploy button's own build.
    env: {
      ...process.env,
      ...api.env,
      CI: "true",
      WRANGLER_HIDE_BANNER: "true",
      NO_PROXY: "127.0.0.1",
      no_proxy: "127.0.0.1",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const chunks: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => chunks.push(text));
  }
  const [code] = (await once(child, "close")) as [number | null];
  const said = chunks.join("");
  if (code !== 0) throw new Error(`wrangler ended with ${code}: ${said}`);
  return said;
}
