import { cut } from "../send/cut.ts";
import { sha256 } from "./sha256.ts";

/** A session's or user's id as the edge shortens it for Langfuse: for a backend that joins the trace. */
export const shortId = (id: string): string =>
  id.length > 200 ? `${cut(id, 183)}.${sha256(id, 16)}` : id;
