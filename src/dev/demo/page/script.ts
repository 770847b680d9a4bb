// The demo page's script, out of its parts and of what draws traces on the development page. It comes
// after the browser library's own file, which is loaded as any page would load it.
import { CLIENT_DOM } from "../../pages/client-dom.ts";
import { CLIENT_TRACES } from "../../pages/client-traces.ts";
import { CLIENT_CHAT } from "./client-chat.ts";
import { CLIENT_MEASURES } from "./client-measures.ts";
import { CLIENT_TRACE } from "./client-trace.ts";
import { CLIENT_TURN } from "./client-turn.ts";

export const SCRIPT = `(() => {
"use strict";
const page = JSON.parse(document.getElementById("page-data").textContent);
${CLIENT_DOM}${CLIENT_TRACES}${CLIENT_TURN}${CLIENT_CHAT}${CLIENT_MEASURES}${CLIENT_TRACE}
startChat();
})();
`;
