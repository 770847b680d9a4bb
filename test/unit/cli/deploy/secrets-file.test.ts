import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withSecrets } from "../../../../src/cli/deploy/secrets-file.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "langfuse-edge-test-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the file of secrets", () => {
  it("is nobody else's to read, and gone after the work, which may fail", async () => {
    let seen = "";
    const work = withSecrets({ LANGFUSE_SECRET_KEY: "sk-lf-1" }, (file) => {
      seen = file;
      expect(statSync(file).mode & 0o077).toBe(0);
      expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({ LANGFUSE_SECRET_KEY: "sk-lf-1" });
      return Promise.reject(new Error("wrangler failed"));
    });
    await expect(work).rejects.toThrow("wrangler failed");
    expect(existsSync(seen)).toBe(false);
  });

  it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
    "is gone after %s, which still ends the command",
    async (signal) => {
      const module = new URL("../../../../src/cli/deploy/secrets-file.ts", import.meta.url).href;
      const code = `
        import { withSecrets } from ${JSON.stringify(module)};
        setInterval(() => {}, 1000);
        await withSecrets({ key: "sk-lf-1" }, (file) => {
          console.log(file);
          return new Promise(() => {});
        });`;
      const args = ["--experimental-strip-types", "--input-type=module", "-e", code];
      const child = spawn(process.execPath, args, { env: { ...process.env, TMPDIR: folder } });
      const [file] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
      expect(existsSync(file)).toBe(true);
      const ended = once(child, "exit");
      child.kill(signal);
      expect(await ended).toEqual([null, signal]);
      expect(readdirSync(folder)).toEqual([]);
    },
  );
});
