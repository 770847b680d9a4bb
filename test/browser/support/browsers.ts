// The browser that the journeys run in: Chromium, or what `npm run test:browsers` names.
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, firefox } from "playwright-core";
import { launchChromium } from "./chromium.ts";
import { type Cut, DRIVER, launchWebKit } from "./webkit/webkit.ts";

export type BrowserName = "chromium" | "firefox" | "webkit";

export const browserName = (): BrowserName =>
  (process.env["JOURNEY_BROWSER"] ?? "chromium") as BrowserName;

/** `cut`: for a browser that cannot be told to be offline. */
export function launchBrowser(cut: Cut): Promise<Browser> {
  switch (browserName()) {
    case "chromium":
      return launchChromium();
    case "firefox":
      return launchFirefox();
    case "webkit":
      return launchWebKit(cut);
  }
}

/** The machine's own Firefox, by WebDriver BiDi: nothing of it is changed. */
function launchFirefox(): Promise<Browser> {
  const executablePath = FIREFOXES.map(pathOf).find(Boolean) ?? "";
  return firefox.launch({ channel: "moz-firefox", executablePath });
}

const FIREFOXES = ["firefox-esr", "firefox"];

function pathOf(program: string): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return folders.map((folder) => join(folder, program)).find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Debian's packages of what is missing on this machine. */
export function missingPackages(): string[] {
  return [
    ...(FIREFOXES.some(pathOf) ? [] : ["firefox-esr"]),
    ...(pathOf(DRIVER) === undefined ? ["webkit2gtk-driver"] : []),
    ...(pathOf("Xvfb") === undefined ? ["xvfb"] : []),
  ];
}
