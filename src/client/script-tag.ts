/**
 * All of the library but React, for a page without a bundler: one file with the global `LangfuseEdge`.
 *
 * @module
 * @example
 * <script src="https://edge.example.com/langfuse-edge.js"></script>
 * <script>const client = new LangfuseEdge.LangfuseProxy({ publicKey: "pk-lf-…" });</script>
 */
export * from "./chat.ts";
export * from "./errors.ts";
export * from "./experiments.ts";
export * from "./feedback.ts";
export * from "./index.ts";
export * from "./offline.ts";
