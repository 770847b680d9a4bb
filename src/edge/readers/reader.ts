// Somebody who may see what a project's figures, books and live view show, and may change nothing.
import type { Project } from "../../settings/index.ts";

export interface Reader {
  /** All that it sees is this one's. */
  project: Project;
  /** `keys`: a server's; `open`: everybody on this machine, in development. */
  by: "keys" | "token" | "claim" | "cloudflare_access" | "open";
  /** Until when, epoch ms. */
  until: number;
  /** A proxy or a cookie brought the credentials, not the page: another site's page could make use of them. */
  ambient?: true;
}
