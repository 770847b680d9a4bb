// uPlot makes number formats of `navigator.language` as it is loaded, and some browsers have no language there that
// `Intl` takes: `en-US@posix`, `C`. It would throw, and with it the whole page. Imported before it.

/** The language tag itself, or the nearest that `Intl` takes; `en` where there is none. Pure. */
export function usableLocale(language: string | undefined): string {
  const plain = (language ?? "").split(/[.@]/)[0]?.replaceAll("_", "-");
  for (const tag of [language, plain, plain?.split("-")[0]]) {
    try {
      if (tag && Intl.NumberFormat.supportedLocalesOf(tag).length > 0) return tag;
    } catch {
      // The next one.
    }
  }
  return "en";
}

/** Gives the browser's language a value that is one. */
export function makeLocaleUsable(from: { readonly language?: string }): void {
  const { language } = from;
  const usable = usableLocale(language);
  if (usable !== language) {
    Object.defineProperty(from, "language", { value: usable, configurable: true });
  }
}

if (typeof navigator === "object") makeLocaleUsable(navigator);
