// The data that the Worker hands to the demo page's script, as JSON inside the page. Only types.
import type { BackendId } from "../backends.ts";

export interface DemoPageData {
  usingSink: boolean;
  /** Where records go when it is not the sink. */
  baseUrl: string;
  backends: Readonly<Record<BackendId, { short: string }>>;
  userId: string;
}
