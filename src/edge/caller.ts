import type { Writer } from "../protocol/change.ts";
import type { Project } from "../settings/index.ts";

/** What a caller may say: nothing that it sends may say otherwise. */
export interface Bound {
  /** A page is not to make a trace readable for everybody: a backend's half may be in it. */
  fromPage?: boolean;
  /** Names nobody, where tokens name owners: an owner's traces are closed to it. */
  publicKeyOnly?: boolean;
  /** What the ids of its owner's traces and scores end in. */
  tag?: string;
  sessionId?: string;
  userId?: string;
  /** All that it may do; without it everything. */
  actions?: ReadonlySet<string>;
}

/** Who speaks, for which project, and in whose namespace. */
export interface Caller extends Bound {
  project: Project;
  writer: Writer;
  /** `anonymous`, `server`, or who a token speaks for (protocol/ids.ts, `ownerOf`). */
  owner: string;
}
