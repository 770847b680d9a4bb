// The detectors that MASK can name, in the order in which they run: secrets first, since an address or
// a number may be a part of one.
import { bearer } from "./detectors/bearer.ts";
import { card } from "./detectors/card.ts";
import { email } from "./detectors/email.ts";
import { iban } from "./detectors/iban.ts";
import { ip } from "./detectors/ip.ts";
import { jwt } from "./detectors/jwt.ts";
import { key } from "./detectors/key.ts";
import { phone } from "./detectors/phone.ts";
import type { Scan } from "./text.ts";

export const DETECTORS = { bearer, key, jwt, email, iban, card, ip, phone } satisfies Record<
  string,
  Scan
>;
export type DetectorName = keyof typeof DETECTORS;
export const DETECTOR_NAMES = Object.keys(DETECTORS) as DetectorName[];
