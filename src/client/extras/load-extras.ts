import type * as Extras from "./extras.ts";
import { lazily } from "../send/lazily.ts";

export const extras = /* @__PURE__ */ lazily<typeof Extras>(() => import("./extras.ts"));
