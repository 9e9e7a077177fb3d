import { objectOf, objectsOf } from "../chat/json_object.ts";
import type { JsonObject } from "../chat/chat_request.ts";
import type { ApplyPatchCallItem, ClientCallItem, ItemStatus } from "./response_types.ts";

/** The tools that OpenAI defines and the client runs. A model that was not trained on them gets them as functions. */
export type ClientToolKind = "local_shell" | "shell" | "apply_patch" | "tool_search";

/** What an output item of such a call is made of. */
export interface ClientCall {
  readonly id: string;
  readonly callId: string;
  readonly status: ItemStatus;
  /** Undefined while the model writes them, and when they are no JSON object. */
  readonly args: JsonObject | undefined;
  /** The arguments as they stand. */
  readonly raw: string;
}

export interface ClientTool {
  readonly kind: ClientToolKind;
  readonly callType: `${ClientToolKind}_call`;
  readonly outputType: `${ClientToolKind}_call_output` | "tool_search_output";
  readonly idPrefix: string;
  readonly description: string;
  readonly parameters: JsonObject;
  /** The call as the client knows it. */
  item(call: ClientCall): ClientCallItem;
  /** The arguments of a call that the client sends back, as the model wrote them. */
  argumentsOf(item: JsonObject): JsonObject;
  /** What the tool said, when the client does not send it as text. */
  outputText(item: JsonObject): string | undefined;
}

function strings(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return Array.isArray(value) ? value.filter((entry) => typeof entry === "string") : [];
}

function numberOrNull(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}

function stringOr<T>(value: unknown, otherwise: T): string | T {
  return typeof value === "string" ? value : otherwise;
}

/** Without the fields that say nothing. */
function compact(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined && value !== null));
}

function schema(properties: JsonObject, required: readonly string[]): JsonObject {
  return { type: "object", properties, required };
}

const STRING = { type: "string" };
const STRINGS = { type: "array", items: STRING };

const localShell: ClientTool = {
  kind: "local_shell",
  callType: "local_shell_call",
  outputType: "local_shell_call_output",
  idPrefix: "lsh_",
  description: "Runs a command on the user's machine and returns what it printed.",
  parameters: schema({
    command: { ...STRINGS, description: 'The program and its arguments, as in ["bash", "-lc", "ls"]' },
    working_directory: { ...STRING, description: "Where to run it" },
    timeout_ms: { type: "number", description: "How long it may run, in milliseconds" },
    env: { type: "object", additionalProperties: STRING, description: "Environment variables to set" },
  }, ["command"]),
  item({ id, callId, status, args = {} }) {
    const env = Object.entries(objectOf(args["env"]) ?? {}).filter((entry): entry is [string, string] =>
      typeof entry[1] === "string"
    );
    const action = {
      type: "exec",
      command: strings(args["command"]),
      env: Object.fromEntries(env),
      timeout_ms: numberOrNull(args["timeout_ms"]),
      working_directory: stringOr(args["working_directory"], null),
    } as const;
    return { id, type: "local_shell_call", status, call_id: callId, action };
  },
  argumentsOf(item) {
    const { command, working_directory, timeout_ms, env } = objectOf(item["action"]) ?? {};
    const variables = Object.keys(objectOf(env) ?? {}).length > 0 ? env : undefined;
    return compact({ command: strings(command), working_directory, timeout_ms, env: variables });
  },
  outputText: () => undefined,
};

/** One command's output for a model to read. */
function shellOutput({ stdout, stderr, outcome }: JsonObject): string {
  const { type, exit_code } = objectOf(outcome) ?? {};
  const end = type === "timeout" ? "[timed out]" : `[exit code ${numberOrNull(exit_code) ?? "unknown"}]`;
  return [stringOr(stdout, ""), stringOr(stderr, ""), end].filter((text) => text !== "").join("\n");
}

const shell: ClientTool = {
  kind: "shell",
  callType: "shell_call",
  outputType: "shell_call_output",
  idPrefix: "sh_",
  description: "Runs shell commands one after the other and returns what each of them printed.",
  parameters: schema({
    commands: { ...STRINGS, description: "The commands, in their order" },
    timeout_ms: { type: "number", description: "How long they may run, in milliseconds" },
    max_output_length: { type: "number", description: "How many characters of the output to return" },
  }, ["commands"]),
  item({ id, callId, status, args = {} }) {
    const action = {
      commands: strings(args["commands"]),
      timeout_ms: numberOrNull(args["timeout_ms"]),
      max_output_length: numberOrNull(args["max_output_length"]),
    };
    return { id, type: "shell_call", status, call_id: callId, environment: null, action };
  },
  argumentsOf(item) {
    const { commands, timeout_ms, max_output_length } = objectOf(item["action"]) ?? {};
    return compact({ commands: strings(commands), timeout_ms, max_output_length });
  },
  outputText(item) {
    return Array.isArray(item["output"]) ? objectsOf(item["output"]).map(shellOutput).join("\n") : undefined;
  },
};

/** What is no operation becomes a patch of no file: the client says so, and the model can try again. */
function patchOperation(args: JsonObject | undefined, raw: string): ApplyPatchCallItem["operation"] {
  const path = stringOr(args?.["path"], "");
  const diff = stringOr(args?.["diff"], "");
  const type = args?.["type"];
  if (type === "delete_file") return { type, path };
  if (type === "create_file" || type === "update_file") return { type, path, diff };
  return { type: "update_file", path, diff: args === undefined ? raw : diff };
}

const applyPatch: ClientTool = {
  kind: "apply_patch",
  callType: "apply_patch_call",
  outputType: "apply_patch_call_output",
  idPrefix: "apc_",
  description: "Creates, updates or deletes one file. Updates are given as a diff in the V4A format.",
  parameters: schema({
    type: { ...STRING, enum: ["create_file", "update_file", "delete_file"] },
    path: { ...STRING, description: "The file, relative to the root of the workspace" },
    diff: { ...STRING, description: "The diff to apply; not for delete_file" },
  }, ["type", "path"]),
  item({ id, callId, status, args, raw }) {
    const ended = status === "in_progress" ? status : "completed";
    return { id, type: "apply_patch_call", status: ended, call_id: callId, operation: patchOperation(args, raw) };
  },
  argumentsOf(item) {
    const { type, path, diff } = objectOf(item["operation"]) ?? {};
    return compact({ type, path, diff });
  },
  outputText({ status, output }) {
    const text = stringOr(output, "");
    return status === "failed" ? `Failed: ${text}` : text || "Done";
  },
};

const toolSearch: ClientTool = {
  kind: "tool_search",
  callType: "tool_search_call",
  outputType: "tool_search_output",
  idPrefix: "tsc_",
  description: "Finds more tools for a task and makes them usable.",
  parameters: schema({ query: { ...STRING, description: "What the tools should be good for" } }, ["query"]),
  item({ id, callId, status, args = {} }) {
    return { id, type: "tool_search_call", status, call_id: callId, execution: "client", arguments: args };
  },
  argumentsOf: (item) => objectOf(item["arguments"]) ?? {},
  outputText(item) {
    const names = objectsOf(item["tools"]).map(({ name, type }) => stringOr(name, stringOr(type, "")));
    return names.length === 0 ? "No tools found" : `Tools now usable: ${names.join(", ")}`;
  },
};

const ALL: readonly ClientTool[] = [localShell, shell, applyPatch, toolSearch];

/** By their `type` in `tools` and in `tool_choice`. */
export const CLIENT_TOOLS: ReadonlyMap<string, ClientTool> = new Map(ALL.map((tool) => [tool.kind, tool]));
/** By the `type` of the items that hold their calls. */
export const CLIENT_CALLS: ReadonlyMap<string, ClientTool> = new Map(ALL.map((tool) => [tool.callType, tool]));
/** By the `type` of the items that hold what they said. */
export const CLIENT_OUTPUTS: ReadonlyMap<string, ClientTool> = new Map(ALL.map((tool) => [tool.outputType, tool]));
