// Which field of an observation an attribute is, as Langfuse reads it: for masking and dropping, which speak of
// fields. Attributes of other instrumentations count as what their authors put there; those that nobody knows
// are shown as metadata, and treated as such. Pure.
import type { DROPPABLE } from "../../privacy/drop-paths.ts";

/**
 * `plain`: ids, models, counts, times and names of programs, which pass as they are. `program`: the same by the
 * beginning of their names, which nobody can list: never dropped, but texts are looked at.
 */
export type AttributeField =
  | { root: (typeof DROPPABLE)[number] | "name"; key?: undefined }
  /** One member of the metadata. */
  | { root: "metadata"; key: string }
  | "plain"
  | "program";

/** What stands behind them is the member's own key; of a header its name tells whether it is a secret. */
const METADATA = [
  "langfuse.observation.metadata.",
  "langfuse.trace.metadata.",
  "ai.request.headers.",
  "http.request.header.",
  "http.response.header.",
];

/** The part of an attribute's name before its key in the metadata. */
export function metadataPrefix(attribute: string): string {
  return METADATA.find((prefix) => attribute.startsWith(prefix)) ?? "";
}

/** Only what a reader knows passes as it is: a name that nobody knows may hold anything, however it begins. */
const PLAIN = [
  "session.id",
  "langfuse.session.id",
  "langfuse.environment",
  "langfuse.release",
  "langfuse.version",
  "langfuse.trace.public",
  "langfuse.observation.type",
  "langfuse.observation.level",
  "langfuse.observation.version",
  "langfuse.observation.model.name",
  "langfuse.observation.usage_details",
  "langfuse.observation.cost_details",
  "langfuse.observation.completion_start_time",
  "langfuse.observation.prompt.name",
  "langfuse.observation.prompt.version",
  "langfuse.experiment.id",
  "langfuse.experiment.name",
  "langfuse.experiment.dataset.id",
  "langfuse.experiment.item.id",
  "langfuse.experiment.item.version",
  "langfuse.experiment.item.root_observation_id",
  "gen_ai.operation.name",
  "gen_ai.provider.name",
  "gen_ai.system",
  "gen_ai.conversation.id",
  "gen_ai.request.model",
  "gen_ai.request.choice.count",
  "gen_ai.request.frequency_penalty",
  "gen_ai.request.max_tokens",
  "gen_ai.request.presence_penalty",
  "gen_ai.request.seed",
  "gen_ai.request.temperature",
  "gen_ai.request.top_k",
  "gen_ai.request.top_p",
  "gen_ai.response.finish_reasons",
  "gen_ai.response.id",
  "gen_ai.response.model",
  "service.name",
  "service.namespace",
  "service.version",
  "service.instance.id",
  "deployment.environment",
  "deployment.environment.name",
  "openinference.span.kind",
  "ai.model.id",
  "ai.model.provider",
  "ai.operationId",
  "llm.model_name",
  "telemetry.sdk.language",
  "telemetry.sdk.name",
  "telemetry.sdk.version",
] as const;

const EXACT: Readonly<Record<string, AttributeField>> = {
  "langfuse.observation.input": { root: "input" },
  "langfuse.trace.input": { root: "input" },
  "langfuse.observation.output": { root: "output" },
  "langfuse.trace.output": { root: "output" },
  "langfuse.experiment.item.expected_output": { root: "output" },
  "langfuse.observation.status_message": { root: "statusMessage" },
  "exception.message": { root: "statusMessage" },
  "exception.stacktrace": { root: "statusMessage" },
  "langfuse.observation.model.parameters": { root: "modelParameters" },
  "langfuse.observation.metadata": { root: "metadata" },
  "langfuse.trace.metadata": { root: "metadata" },
  "langfuse.experiment.metadata": { root: "metadata" },
  "langfuse.experiment.item.metadata": { root: "metadata" },
  "langfuse.trace.name": { root: "name" },
  "langfuse.trace.tags": { root: "tags" },
  "user.id": { root: "userId" },
  "enduser.id": { root: "userId" },
  "langfuse.user.id": { root: "userId" },
  ...Object.fromEntries(PLAIN.map((name) => [name, "plain"])),
};

/** Beginnings of names, the longer ones first where one begins another. */
const PREFIXES: readonly (readonly [AttributeField, readonly string[]])[] = [
  [
    { root: "input" },
    [
      "gen_ai.prompt",
      "gen_ai.input.messages",
      "gen_ai.system_instructions",
      "gen_ai.tool.call.arguments",
      "input.value",
      "llm.input_messages",
      "llm.prompts",
      "ai.prompt",
      "ai.toolCall.args",
      "traceloop.entity.input",
      "mlflow.spanInputs",
      "tool_arguments",
    ],
  ],
  [
    { root: "output" },
    [
      "gen_ai.completion",
      "gen_ai.output.messages",
      "gen_ai.tool.call.result",
      "output.value",
      "llm.output_messages",
      "llm.completions",
      "ai.response.text",
      "ai.response.object",
      "ai.response.toolCalls",
      "ai.response.reasoning",
      "ai.result.",
      "ai.toolCall.result",
      "traceloop.entity.output",
      "mlflow.spanOutputs",
      "tool_response",
    ],
  ],
  [
    "program",
    [
      "langfuse.internal.",
      "gen_ai.usage.",
      "llm.token_count.",
      "llm.model_name.",
      "ai.model.",
      "ai.usage.",
      "ai.operationId.",
      "telemetry.",
    ],
  ],
];

export function fieldOf(attribute: string): AttributeField {
  if (Object.hasOwn(EXACT, attribute)) return EXACT[attribute] as AttributeField;
  const prefix = metadataPrefix(attribute);
  if (prefix !== "") return { root: "metadata", key: attribute.slice(prefix.length) };
  for (const [field, prefixes] of PREFIXES) {
    if (prefixes.some((prefix) => attribute.startsWith(prefix))) return field;
  }
  return { root: "metadata", key: attribute };
}

/** What an event of this name tells of; undefined where its attributes speak for themselves. */
export function fieldOfEvent(event: string): AttributeField | undefined {
  if (/^gen_ai\.(?:(?:system|user|tool|assistant)\.message|content\.prompt)$/.test(event)) {
    return { root: "input" };
  }
  if (/^gen_ai\.(?:choice|content\.completion)$/.test(event)) return { root: "output" };
  return undefined;
}
