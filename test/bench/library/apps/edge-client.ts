export { LangfuseProxy } from "../../../../src/client/index.ts";
