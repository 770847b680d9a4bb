import type { Scenario } from "../scenario.ts";
import { kills } from "./kills.ts";

export const SCENARIOS: readonly Scenario[] = [kills];
