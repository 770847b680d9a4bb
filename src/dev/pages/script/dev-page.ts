// The development page's script: plain DOM, no framework, nothing fetched from elsewhere.
import type { DevPageData } from "../page-data.ts";
import { pageData } from "./dom.ts";
import { startDelivery } from "./delivery.ts";
import { startTurn } from "./turn.ts";
import { startWatch } from "./watch.ts";

const page = pageData() as DevPageData;
startTurn(page);
startDelivery(page);
if (page.usingSink) startWatch(page);
