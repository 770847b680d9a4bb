// For pages without a bundler: what the published file leaves as a global, by the entries' names.
import type * as Library from "../../../src/client/script-tag.ts";

declare const LangfuseEdge: typeof Library;

export const { LangfuseProxy, offlineQueue, traceChat, tracedFetch } = LangfuseEdge;
