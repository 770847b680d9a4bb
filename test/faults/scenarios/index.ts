import type { Scenario } from "../scenario.ts";
import { claims } from "./claims.ts";
import { clocks } from "./clocks.ts";
import { flips } from "./flips.ts";
import { kills } from "./kills.ts";
import { outage } from "./outage.ts";
import { poison } from "./poison.ts";
import { scores } from "./scores.ts";
import { settings } from "./settings.ts";

export const SCENARIOS: readonly Scenario[] = [
  kills,
  poison,
  outage,
  flips,
  scores,
  settings,
  claims,
  clocks,
];
