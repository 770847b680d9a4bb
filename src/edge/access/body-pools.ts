// Pools of the isolate's body budget: the bodies of one caller, of one address, of all strangers. A
// body may take a minute to arrive and holds its bytes meanwhile: without pools a few slow uploads of
// one page would keep out everybody. Pure.
// A project's server is bounded by the budget alone: it holds the keys, and speaks for many.
import type { BodyPool } from "../body-budget.ts";
import type { Caller } from "./caller.ts";
import { addressKey } from "./address.ts";

const MEBI = 1024 * 1024;
/** One body of the largest, and chat turns beside it. */
const MAX_OWNER_BYTES = 5 * MEBI;
/** An office behind one address, or somebody with many tokens: one owner leaves its neighbours 3 MB. */
const MAX_ADDRESS_BYTES = 8 * MEBI;
/** Beacons, before their first line has said who speaks: browsers send at most 64 KB of them. */
const MAX_STRANGER_BYTES = MEBI;
const MAX_ALL_STRANGERS_BYTES = 4 * MEBI;

/** For a body that is read before its sender is known. */
export function strangerPools(headers: Headers): BodyPool[] {
  return [
    { name: "strangers", maxBytes: MAX_ALL_STRANGERS_BYTES },
    ...addressPool("stranger", headers, MAX_STRANGER_BYTES),
  ];
}

export function callerPools({ project, owner, tag, writer }: Caller, headers: Headers): BodyPool[] {
  if (writer === "server") return [];
  const name = `owner ${project.publicKey} ${owner}`;
  return [
    // Without a tag all are called alike: only the address tells them apart.
    ...(tag === undefined ? [] : [{ name, maxBytes: MAX_OWNER_BYTES }]),
    ...addressPool("address", headers, tag === undefined ? MAX_OWNER_BYTES : MAX_ADDRESS_BYTES),
  ];
}

/** None outside Cloudflare, where nobody says what the address is. */
function addressPool(kind: string, headers: Headers, maxBytes: number): BodyPool[] {
  const address = addressKey(headers);
  return address === "" ? [] : [{ name: `${kind} ${address}`, maxBytes }];
}
