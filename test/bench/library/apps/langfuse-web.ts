export { LangfuseWeb } from "langfuse";
