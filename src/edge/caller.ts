import type { Writer } from "../protocol/change.ts";
import type { Project } from "../settings.ts";

/** Who speaks, for which project, and in whose namespace. */
export interface Caller {
  project: Project;
  writer: Writer;
  owner: "anonymous" | "server";
}
