export { tracedFetch } from "../../../../src/client/chat.ts";
export { LangfuseProxy } from "../../../../src/client/index.ts";
