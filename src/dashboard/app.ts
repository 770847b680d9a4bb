// The dashboard's script: the frame, and its views.
import { createApi } from "./access/api.ts";
import { tokenStore } from "./access/token-store.ts";
import { costView } from "./cost/cost-view.ts";
import { deliveryView } from "./delivery/delivery-view.ts";
import { errorsView } from "./errors/errors-view.ts";
import { experimentsView } from "./experiments/experiments-view.ts";
import { liveView } from "./live/live-view.ts";
import { startShell } from "./shell/shell.ts";
import { speedView } from "./speed/speed-view.ts";
import { toolsView } from "./tools/tools-view.ts";

startShell(createApi(tokenStore(() => sessionStorage)), {
  live: liveView,
  speed: speedView,
  tools: toolsView,
  experiments: experimentsView,
  cost: costView,
  errors: errorsView,
  delivery: deliveryView,
});
