// How the edge names itself to Langfuse.

/** Kept equal to package.json's version by a test. */
export const EDGE_VERSION = "0.1.0";

/** Begins with `langfuse-sdk`: under another name Langfuse repeats every attribute in the metadata. */
export const SCOPE = { name: "langfuse-sdk-edge", version: EDGE_VERSION } as const;

export const SDK_NAME = "langfuse-edge";
