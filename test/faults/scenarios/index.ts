import type { Scenario } from "../scenario.ts";
import { alarms } from "./alarms.ts";
import { claims } from "./claims.ts";
import { clocks } from "./clocks.ts";
import { consumers } from "./consumers.ts";
import { flips } from "./flips.ts";
import { kills } from "./kills.ts";
import { outage } from "./outage.ts";
import { poison } from "./poison.ts";
import { sampling } from "./sampling.ts";
import { scores } from "./scores.ts";
import { serve } from "./serve.ts";
import { settings } from "./settings.ts";
import { soak } from "./soak.ts";
import { storage } from "./storage.ts";
import { versions } from "./versions.ts";
import { writers } from "./writers.ts";

export const SCENARIOS: readonly Scenario[] = [
  kills,
  outage,
  claims,
  consumers,
  poison,
  flips,
  scores,
  sampling,
  settings,
  versions,
  writers,
  clocks,
  storage,
  alarms,
  serve,
  soak,
];
