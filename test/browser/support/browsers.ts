// The browser that the journeys run in: Chromium, or what `npm run test:browsers` names.
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import type { Browser } from "playwright-core";
import { launchChromium } from "./chromium.ts";
import { startDisplay } from "./driven/display.ts";
import { Firefox } from "./driven/firefox.ts";
import { type Cut, drivenBrowser } from "./driven/pages.ts";
import { WEBKIT, WebKit } from "./driven/webkit.ts";

export const browserName = (): string => process.env["JOURNEY_BROWSER"] ?? "chromium";

/** `cut`: for a browser that cannot be told to be offline. */
export async function launchBrowser(cut: Cut): Promise<Browser> {
  switch (browserName()) {
    case "firefox": {
      const firefox = await Firefox.launch(FIREFOXES.map(pathOf).find(Boolean) ?? "firefox");
      return drivenBrowser(
        () => firefox.profile(),
        cut,
        () => firefox.stop(),
      );
    }
    case "webkit": {
      const display = await startDisplay();
      return drivenBrowser(() => WebKit.launch(display.name), cut, display.stop);
    }
    default:
      return launchChromium();
  }
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
    ...(pathOf(WEBKIT) === undefined ? ["webkit2gtk-driver"] : []),
    ...(pathOf("Xvfb") === undefined ? ["xvfb"] : []),
  ];
}
