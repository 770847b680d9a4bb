// Items of OpenAI's Responses that are calls of tools (openai 7.57, `ResponseOutputItem`).
import { EVENTS, named, type Recording } from "./recording.ts";

const told = (type: string, more: object): string => named(type, { type, ...more });
const added = (item: object): string =>
  told("response.output_item.added", { output_index: 0, item });
const done = (item: object): string => told("response.output_item.done", { output_index: 0, item });
const completed = (...output: object[]): string =>
  told("response.completed", { response: { id: "r", model: "m", status: "completed", output } });

const fn = { type: "function_call", id: "fc_1", call_id: "call_1", name: "where" };
const fnDone = { ...fn, arguments: '{"q":1}', status: "completed" };
const search = { type: "web_search_call", id: "ws_1" };
const searched = { ...search, status: "completed", action: { type: "search", query: "x" } };
const files = { type: "file_search_call", id: "fs_1", queries: ["x"] };
const code = { type: "code_interpreter_call", id: "ci_1", container_id: "c" };
const program = { type: "program", id: "pr_1", call_id: "call_p", code: "", fingerprint: "f" };
const programDone = { ...program, code: "await where({ q: 1 })" };
const programOutput = {
  type: "program_output",
  id: "po_1",
  call_id: "call_p",
  status: "completed",
};
const byProgram = { ...fnDone, caller: { type: "program", caller_id: "call_p" } };
const mcp = { type: "mcp_call", id: "mcp_1", name: "roll", server_label: "dice" };

export const OPENAI_RESPONSES_TOOLS: Recording[] = [
  {
    name: "a function, a custom tool and an approval, which the page answers",
    contentType: EVENTS,
    chunks: [
      added({ ...fn, arguments: "", status: "in_progress" }),
      told("response.function_call_arguments.delta", { item_id: "fc_1", delta: '{"q":' }),
      told("response.function_call_arguments.delta", { item_id: "fc_1", delta: "1}" }),
      told("response.function_call_arguments.done", { item_id: "fc_1", arguments: '{"q":1}' }),
      done(fnDone),
      added({ type: "custom_tool_call", id: "ct_1", call_id: "call_2", name: "sql", input: "" }),
      told("response.custom_tool_call_input.delta", { item_id: "ct_1", delta: "select 1" }),
      told("response.custom_tool_call_input.done", { item_id: "ct_1", input: "select 1" }),
      done({
        type: "custom_tool_call",
        id: "ct_1",
        call_id: "call_2",
        name: "sql",
        input: "select 1",
      }),
      added({ type: "mcp_approval_request", id: "ar_1", name: "roll", arguments: "{}" }),
      done({ type: "mcp_approval_request", id: "ar_1", name: "roll", arguments: "{}" }),
      done({
        type: "computer_call",
        id: "cu_1",
        call_id: "call_3",
        action: { type: "screenshot" },
        status: "completed",
      }),
      completed(fnDone),
    ],
    text: "",
    tools: [
      { id: "call_1", name: "where", input: '{"q":1}', open: true },
      { id: "call_2", name: "sql", input: "select 1", open: true },
      { id: "ar_1", name: "roll", input: "{}", needsApproval: true, open: true },
      { id: "call_3", name: "computer", input: { type: "screenshot" }, open: true },
    ],
    model: "m",
    finished: true,
    finishReason: "completed",
    begins: 1,
  },
  {
    name: "tools that OpenAI runs itself",
    contentType: EVENTS,
    chunks: [
      added({ ...search, status: "in_progress" }),
      told("response.web_search_call.searching", { item_id: "ws_1" }),
      done(searched),
      added({ ...files, status: "in_progress", results: null }),
      done({ ...files, status: "completed", results: [{ filename: "a.md", text: "found" }] }),
      added({ ...code, code: "", outputs: null, status: "in_progress" }),
      told("response.code_interpreter_call_code.delta", { item_id: "ci_1", delta: "1" }),
      told("response.code_interpreter_call_code.delta", { item_id: "ci_1", delta: "+1" }),
      told("response.code_interpreter_call_code.done", { item_id: "ci_1", code: "1+1" }),
      done({ ...code, code: "1+1", outputs: [{ type: "logs", logs: "2" }], status: "completed" }),
      added({ ...mcp, arguments: "" }),
      told("response.mcp_call_arguments.delta", { item_id: "mcp_1", delta: "{}" }),
      told("response.mcp_call_arguments.done", { item_id: "mcp_1", arguments: "{}" }),
      done({ ...mcp, arguments: "{}", output: "4", error: null }),
      done({ ...mcp, id: "mcp_2", arguments: "{}", output: null, error: "no dice" }),
      done({
        type: "image_generation_call",
        id: "ig_1",
        status: "completed",
        result: "iVBORw0KGgo",
      }),
      done({
        type: "shell_call",
        id: "sh_1",
        call_id: "call_s",
        action: { commands: ["ls"] },
        status: "completed",
      }),
      done({ type: "shell_call_output", id: "so_1", call_id: "call_s", output: [{ stdout: "a" }] }),
      told("response.output_text.delta", { item_id: "i", delta: "Two." }),
      completed(searched),
    ],
    text: "Two.",
    tools: [
      {
        id: "ws_1",
        name: "web_search",
        input: { type: "search", query: "x" },
        output: "completed",
      },
      {
        id: "fs_1",
        name: "file_search",
        input: ["x"],
        output: [{ filename: "a.md", text: "found" }],
      },
      {
        id: "ci_1",
        name: "code_interpreter",
        input: "1+1",
        output: [{ type: "logs", logs: "2" }],
      },
      { id: "mcp_1", name: "roll", input: "{}", output: "4" },
      { id: "mcp_2", name: "roll", input: "{}", error: "no dice" },
      { id: "ig_1", name: "image_generation", output: "completed" },
      { id: "call_s", name: "shell", input: { commands: ["ls"] }, output: [{ stdout: "a" }] },
    ],
    model: "m",
    finished: true,
    finishReason: "completed",
    begins: 1,
  },
  {
    name: "a program, and the function that it calls",
    contentType: EVENTS,
    chunks: [
      added(program),
      done(programDone),
      added({ ...byProgram, arguments: "", status: "in_progress" }),
      told("response.function_call_arguments.delta", { item_id: "fc_1", delta: '{"q":1}' }),
      done(byProgram),
      completed(programDone, byProgram),
    ],
    text: "",
    tools: [
      { id: "call_p", name: "program", input: "await where({ q: 1 })", open: true },
      { id: "call_1", name: "where", input: '{"q":1}', open: true },
    ],
    model: "m",
    finished: true,
    finishReason: "completed",
    begins: 1,
  },
  {
    name: "a program that ends in its own answer",
    contentType: EVENTS,
    chunks: [
      done(programDone),
      done({ ...programOutput, result: '{"place":"Graz"}' }),
      told("response.output_text.delta", { item_id: "i", delta: "Graz." }),
      completed(programDone, { ...programOutput, result: '{"place":"Graz"}' }),
    ],
    text: "Graz.",
    tools: [
      {
        id: "call_p",
        name: "program",
        input: "await where({ q: 1 })",
        output: '{"place":"Graz"}',
      },
    ],
    model: "m",
    finished: true,
    finishReason: "completed",
    begins: 0,
  },
  {
    name: "the result of a program, and of a shell, that an earlier answer has shown",
    contentType: EVENTS,
    chunks: [
      done({ ...programOutput, result: "4", status: "incomplete" }),
      told("response.shell_call_command.delta", { command_index: 0, delta: "l" }),
      told("response.shell_call_command.done", { command_index: 0, command: "ls" }),
      done({ type: "shell_call_output", id: "so_1", call_id: "call_s", output: [{ stdout: "a" }] }),
      done({ type: "additional_tools", id: "at_1", role: "tool", tools: [] }),
      completed(),
    ],
    text: "",
    tools: [
      { id: "call_p", name: "", output: "4" },
      { id: "call_s", name: "", output: [{ stdout: "a" }] },
    ],
    model: "m",
    finished: true,
    finishReason: "completed",
    begins: 1,
  },
  {
    name: "every other item: results beside their calls, and items that are none",
    contentType: EVENTS,
    chunks: [
      done(fnDone),
      done({ type: "function_call_output", id: "fo_1", call_id: "call_1", output: "Graz" }),
      done({ type: "custom_tool_call", id: "ct_1", call_id: "call_2", name: "sql", input: "x" }),
      done({ type: "custom_tool_call_output", id: "co_1", call_id: "call_2", output: "1" }),
      done({ type: "computer_call", id: "cu_1", call_id: "call_3", actions: [{ type: "wait" }] }),
      done({
        type: "computer_call_output",
        id: "cp_1",
        call_id: "call_3",
        output: { file_id: "f" },
      }),
      done({
        type: "local_shell_call",
        id: "ls_1",
        call_id: "call_4",
        action: { command: ["ls"] },
      }),
      done({ type: "local_shell_call_output", id: "call_4", output: "a" }),
      done({ type: "apply_patch_call", id: "ap_1", call_id: "call_5", operation: { path: "a" } }),
      done({ type: "apply_patch_call_output", id: "ao_1", call_id: "call_5", status: "failed" }),
      done({
        type: "tool_search_call",
        id: "ts_1",
        call_id: null,
        arguments: {},
        execution: "server",
        status: "completed",
      }),
      done({
        type: "tool_search_output",
        id: "to_1",
        call_id: null,
        execution: "server",
        tools: [{}],
      }),
      done({ type: "mcp_list_tools", id: "ml_1", server_label: "dice", tools: [{ name: "roll" }] }),
      done({
        type: "mcp_approval_response",
        id: "mr_1",
        approval_request_id: "ar_0",
        approve: true,
      }),
      done({ type: "compaction", id: "cm_1", encrypted_content: "xx" }),
      done({ type: "additional_tools", id: "at_1", role: "tool", tools: [{ name: "roll" }] }),
      told("response.output_text.delta", { item_id: "i", delta: "So." }),
      completed(),
    ],
    text: "So.",
    tools: [
      { id: "call_1", name: "where", input: '{"q":1}', output: "Graz" },
      { id: "call_2", name: "sql", input: "x", output: "1" },
      { id: "call_3", name: "computer", input: [{ type: "wait" }], output: { file_id: "f" } },
      { id: "call_4", name: "local_shell", input: { command: ["ls"] }, output: "a" },
      { id: "call_5", name: "apply_patch", input: { path: "a" }, error: "failed" },
      { id: "ts_1", name: "tool_search", input: {}, output: "completed" },
    ],
    model: "m",
    finished: true,
    finishReason: "completed",
    begins: 16,
  },
  {
    name: "a summary of thoughts is told once",
    contentType: EVENTS,
    chunks: [
      added({ type: "reasoning", id: "rs_1", summary: [] }),
      told("response.reasoning_summary_part.added", { part: { type: "summary_text", text: "" } }),
      told("response.reasoning_summary_text.delta", { item_id: "rs_1", delta: "Hm." }),
      told("response.reasoning_summary_text.done", { item_id: "rs_1", text: "Hm." }),
      told("response.reasoning_summary_part.done", { part: { type: "summary_text", text: "Hm." } }),
      done({ type: "reasoning", id: "rs_1", summary: [{ type: "summary_text", text: "Hm." }] }),
      done(fnDone),
      completed(
        { type: "reasoning", id: "rs_1", summary: [{ type: "summary_text", text: "Hm." }] },
        fnDone,
      ),
    ],
    text: "",
    reasoning: "Hm.",
    tools: [{ id: "call_1", name: "where", input: '{"q":1}', open: true }],
    model: "m",
    finished: true,
    finishReason: "completed",
    begins: 2,
  },
  {
    name: "whole",
    contentType: "application/json",
    chunks: [
      JSON.stringify({
        id: "r",
        model: "m",
        status: "completed",
        reasoning: { effort: "low", summary: "auto" },
        output: [
          { type: "reasoning", summary: [{ type: "summary_text", text: "Hm." }] },
          searched,
          fnDone,
        ],
      }),
    ],
    text: "",
    reasoning: "Hm.",
    tools: [
      {
        id: "ws_1",
        name: "web_search",
        input: { type: "search", query: "x" },
        output: "completed",
      },
      { id: "call_1", name: "where", input: '{"q":1}', open: true },
    ],
    model: "m",
    finished: true,
    finishReason: "completed",
    begins: 0,
  },
];
