import type { SinkKeys } from "./access.ts";

/** Of the sink's only project; they open nothing else. */
export const SINK_KEYS: SinkKeys = { publicKey: "pk-lf-sink", secretKey: "sk-lf-sink" };
