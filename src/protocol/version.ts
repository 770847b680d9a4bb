/** The edge's own version, told to Langfuse and to servers. Kept equal to package.json's by a test. */
export const EDGE_VERSION = "0.1.0";
/** The edge's own name, in what it sends to Langfuse. */
export const EDGE_NAME = "langfuse-edge";
