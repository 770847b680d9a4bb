// The part of sending that few pages need: values that JSON lacks, files, long texts, compression, `debug`. It is
// loaded by whoever needs it first, and nothing fails where it does not come.
export { placeholder, withoutFiles } from "./files.ts";
export { gzipped } from "./gzipped.ts";
export { logCall } from "./log-call.ts";
export { cut, toJson, complete } from "./safe-json.ts";
