// The edge's name towards Langfuse.

import { EDGE_NAME, EDGE_VERSION } from "../protocol/version.ts";

/** Begins with `langfuse-sdk`: under another name Langfuse repeats every attribute in the metadata. */
export const SCOPE = { name: "langfuse-sdk-edge", version: EDGE_VERSION } as const;

export const SDK_NAME = EDGE_NAME;
