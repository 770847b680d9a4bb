// A real Chromium out of the npm registry alone. It is unpacked once per installation, beside the
// package: nobody else can have put another one there. It brings the libraries that it needs.
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { type Browser, chromium } from "playwright-core";

const UNPACK = join(import.meta.dirname, "unpack-chromium.ts");
const MODULES = join(import.meta.dirname, "../../../node_modules");
const PACKAGE = join(MODULES, "@sparticuz/chromium");
const CACHE = join(MODULES, ".cache");
const { version } = JSON.parse(readFileSync(join(PACKAGE, "package.json"), "utf8")) as {
  version: string;
};
const FOLDER = join(CACHE, `chromium-${version}`);

/** Vitest's global setup: unpacks what is not unpacked yet. */
export function setup(): void {
  if (existsSync(FOLDER)) return;
  mkdirSync(CACHE, { recursive: true });
  const fresh = mkdtempSync(join(CACHE, "chromium-"));
  execFileSync(process.execPath, [UNPACK], { env: { ...process.env, TMPDIR: fresh } });
  const fonts = `<dir>${join(FOLDER, "fonts")}</dir><cachedir>${join(FOLDER, "cache")}</cachedir>`;
  writeFileSync(join(fresh, "fonts", "fonts.conf"), `<fontconfig>${fonts}</fontconfig>`);
  try {
    // At once and whole, also where two runs begin at the same time.
    renameSync(fresh, FOLDER);
  } catch (error) {
    rmSync(fresh, { recursive: true });
    if (!existsSync(FOLDER)) throw error;
  }
}

/** Only ends a test that hangs: Playwright's own is half a minute, which a busy machine may need. */
const PATIENCE_MS = 120_000;

export async function launchChromium(): Promise<Browser> {
  const browser = await chromium.launch({
    timeout: PATIENCE_MS,
    executablePath: join(FOLDER, "chromium"),
    // It runs as root too, and only ever sees pages from this machine.
    args: ["--no-sandbox", "--headless=shell", "--disable-gpu", "--disable-dev-shm-usage"],
    env: {
      ...process.env,
      LD_LIBRARY_PATH: join(FOLDER, "al2023", "lib"),
      FONTCONFIG_PATH: join(FOLDER, "fonts"),
    },
  });
  browser.on("context", (context) => context.setDefaultTimeout(PATIENCE_MS));
  return browser;
}
