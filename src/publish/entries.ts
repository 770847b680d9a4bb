// The published parts of the browser library, by the name that it is imported by.
export const ENTRIES = {
  client: "src/client/index.ts",
  chat: "src/client/chat.ts",
  react: "src/client/react.ts",
  errors: "src/client/errors.ts",
  experiments: "src/client/experiments.ts",
  feedback: "src/client/feedback.ts",
  offline: "src/client/offline.ts",
} as const;

/** For backends, and a Worker of one's own: built apart, each into one file. */
export const SERVER = "src/server/index.ts";
export const WORKER = "src/worker/index.ts";
/** The edge as it is. */
export const PRODUCTION = "src/index.ts";

/** The library as one file for a script tag. */
export const SCRIPT_TAG = "src/client/script-tag.ts";

/** The browsers that pages are written for: those of the last two years. */
export const TARGET = "es2022";

/** The program behind `npx langfuse-edge`. */
export const CLI = "src/cli/main.ts";

/** The dashboard: its page, and its script. */
export const DASHBOARD = {
  page: "src/dashboard/page.html",
  script: "src/dashboard/app.ts",
} as const;
