// The country of a page's request, for its trace's metadata: figures are told apart by it. Pure.
import type { Privacy } from "../../privacy/privacy.ts";
import { COUNTRY_KEY } from "../../protocol/figures/dimensions.ts";
import { isObject } from "../../protocol/wire.ts";

/** Two letters, as ISO 3166-1 has them; the network has others for what it does not know. */
const COUNTRY = /^[A-Z]{2}$/;
const UNKNOWN: ReadonlySet<string> = new Set(["XX", "T1"]);

/** What Cloudflare says of a request's origin; undefined elsewhere, and where it does not know. */
export function countryOf(request: { cf?: unknown }): string | undefined {
  const country = isObject(request.cf) ? request.cf["country"] : undefined;
  const isKnown = typeof country === "string" && COUNTRY.test(country) && !UNKNOWN.has(country);
  return isKnown ? country : undefined;
}

/** The country, unless DROP_FIELDS or a mask says that it is not to be kept. */
export function keptCountry(
  country: string | undefined,
  privacy: Privacy | undefined,
): string | undefined {
  if (country === undefined || privacy === undefined) return country;
  const { metadata } = privacy.clean({ metadata: { [COUNTRY_KEY]: country } }, () => {});
  return isObject(metadata) && metadata[COUNTRY_KEY] === country ? country : undefined;
}
