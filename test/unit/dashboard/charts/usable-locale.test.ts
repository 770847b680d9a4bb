import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { makeLocaleUsable, usableLocale } from "../../../../src/dashboard/charts/usable-locale.ts";

describe("the browser's language", () => {
  it.each([
    ["en-US", "en-US"],
    ["de", "de"],
    ["en-US@posix", "en-US"],
    ["en_GB.UTF-8", "en-GB"],
    ["C", "en"],
    ["POSIX", "en"],
    ["", "en"],
    [undefined, "en"],
  ])("%s is %s", (language, usable) => {
    expect(usableLocale(language)).toBe(usable);
  });

  it("is one that numbers can be written in, whatever the browser says", () => {
    fc.assert(
      fc.property(fc.string(), (language) => {
        expect(() => new Intl.NumberFormat(usableLocale(language))).not.toThrow();
      }),
    );
  });

  it("is changed only where it is of no use", () => {
    class Browser {
      get language(): string {
        return this.own;
      }
      own = "en-US@posix";
    }
    const browser = new Browser();
    makeLocaleUsable(browser);
    expect(browser.language).toBe("en-US");
    const other = Object.freeze({ language: "fr-CA" });
    makeLocaleUsable(other);
    expect(other.language).toBe("fr-CA");
  });
});
