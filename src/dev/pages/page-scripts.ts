// The scripts of the pages: the path under which each is served, and the module that it is made of.

export const DEV_SCRIPT = "/pages/dev-page.js";
export const DEMO_SCRIPT = "/pages/demo-page.js";

export const PAGE_SCRIPTS: Readonly<Record<string, string>> = {
  [DEV_SCRIPT]: "src/dev/pages/script/dev-page.ts",
  [DEMO_SCRIPT]: "src/dev/demo/page/script/demo-page.ts",
};
