// The attribute names that Langfuse reads, as `@langfuse/core` has them. Only its type is imported:
// the compiler checks every value against it, and the Worker's bundle stays free of the package
// (47 KB minified with the OpenTelemetry API that it pulls in).
import type { LangfuseOtelSpanAttributes } from "@langfuse/core";

type Published = typeof LangfuseOtelSpanAttributes;

export const ATTRIBUTE = {
  TRACE_NAME: "langfuse.trace.name",
  TRACE_USER_ID: "user.id",
  TRACE_SESSION_ID: "session.id",
  TRACE_TAGS: "langfuse.trace.tags",
  TRACE_PUBLIC: "langfuse.trace.public",
  TRACE_METADATA: "langfuse.trace.metadata",
  OBSERVATION_TYPE: "langfuse.observation.type",
  OBSERVATION_METADATA: "langfuse.observation.metadata",
  OBSERVATION_LEVEL: "langfuse.observation.level",
  OBSERVATION_STATUS_MESSAGE: "langfuse.observation.status_message",
  OBSERVATION_INPUT: "langfuse.observation.input",
  OBSERVATION_OUTPUT: "langfuse.observation.output",
  OBSERVATION_COMPLETION_START_TIME: "langfuse.observation.completion_start_time",
  OBSERVATION_MODEL: "langfuse.observation.model.name",
  OBSERVATION_MODEL_PARAMETERS: "langfuse.observation.model.parameters",
  OBSERVATION_USAGE_DETAILS: "langfuse.observation.usage_details",
  OBSERVATION_COST_DETAILS: "langfuse.observation.cost_details",
  OBSERVATION_PROMPT_NAME: "langfuse.observation.prompt.name",
  OBSERVATION_PROMPT_VERSION: "langfuse.observation.prompt.version",
  ENVIRONMENT: "langfuse.environment",
  RELEASE: "langfuse.release",
  VERSION: "langfuse.version",
  IS_APP_ROOT: "langfuse.internal.is_app_root",
} as const satisfies { [Name in keyof Published]?: `${Published[Name]}` };
