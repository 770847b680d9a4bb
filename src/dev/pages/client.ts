// The page's script, out of its parts: plain DOM, no framework, nothing fetched from elsewhere.
import { CLIENT_DOM } from "./client-dom.ts";
import { CLIENT_TRACES } from "./client-traces.ts";
import { CLIENT_TURN } from "./client-turn.ts";
import { CLIENT_WATCH } from "./client-watch.ts";

export const CLIENT = `(() => {
"use strict";
const page = JSON.parse(document.getElementById("page-data").textContent);
${CLIENT_DOM}${CLIENT_TURN}${CLIENT_TRACES}${CLIENT_WATCH}
startTurn();
if (page.usingSink) startWatch();
})();
`;
