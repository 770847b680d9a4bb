// Settings of the assembly: how actions become records. Pure.
import { ENVIRONMENT_NAME } from "../protocol/wire.ts";
import { readSampling } from "./sampling.ts";
import type { Sampling } from "../protocol/sampling/rule.ts";
import { numberOf, type RawEnv, textOf } from "./read.ts";

/** Pinned in a session's journal while it has work. */
export interface AssemblySettings {
  /** Seal an open trace's complete observations when this many wait. */
  flushAt: number;
  /** … or when the first of them has waited this long, ms. */
  flushIntervalMs: number;
  traceIdleMs: number;
  openObservationIdleMs: number;
  environment?: string;
  release?: string;
  /** Which traces are kept; absent where all are. */
  sampling?: Sampling;
}

export function readAssembly(env: RawEnv, problems: string[]): AssemblySettings {
  const environment = textOf(env, "LANGFUSE_TRACING_ENVIRONMENT");
  if (environment !== undefined && !ENVIRONMENT_NAME.test(environment)) {
    problems.push(
      "LANGFUSE_TRACING_ENVIRONMENT: lower case letters, digits, - and _, at most 40, not beginning with langfuse",
    );
  }
  const release = textOf(env, "LANGFUSE_RELEASE");
  const sampling = readSampling(env, problems);
  const readMs = (name: string, fallbackSeconds: number): number =>
    1000 * numberOf(env, name, fallbackSeconds, { min: 0.05, max: 86_400 }, problems);
  return {
    flushAt: numberOf(env, "LANGFUSE_FLUSH_AT", 200, { min: 1, max: 10_000 }, problems),
    flushIntervalMs: readMs("LANGFUSE_FLUSH_INTERVAL", 60),
    traceIdleMs: readMs("TRACE_IDLE_SECONDS", 60),
    openObservationIdleMs: readMs("OPEN_OBSERVATION_IDLE_SECONDS", 1800),
    ...(environment !== undefined && ENVIRONMENT_NAME.test(environment) && { environment }),
    ...(release !== undefined && { release }),
    ...(sampling !== undefined && { sampling }),
  };
}
