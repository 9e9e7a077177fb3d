import { objectOf } from "../chat/json_object.ts";
import type { JsonObject } from "../chat/chat_request.ts";
import { CLIENT_TOOLS, type ClientTool } from "./client_tools.ts";
import { CustomInput } from "./custom_input.ts";
import type { GrowingItem } from "./growing_item.ts";
import type { Emit } from "./response_events.ts";
import type { ClientCallItem, CustomCallItem, FunctionCallItem, ItemStatus } from "./response_types.ts";
import type { OfferedTool } from "./tool_table.ts";

/** A call while the model writes its arguments. */
export interface GrowingCall extends GrowingItem {
  addArguments(piece: string): void;
}

/** What a call begins with. */
export interface CallStart {
  readonly callId: string;
  /** As the model calls the tool. */
  readonly name: string;
  /** Undefined when the model calls one that it was not offered: the client says so. */
  readonly tool: OfferedTool | undefined;
  readonly index: number;
  readonly newId: (prefix: string) => string;
  readonly emit: Emit;
}

/** The name under which the client knows the tool. */
function clientName({ name, tool }: CallStart): { readonly name: string; readonly namespace?: string } {
  if (tool === undefined) return { name };
  return tool.namespace === undefined ? { name: tool.name } : { name: tool.name, namespace: tool.namespace };
}

/** A call of a function: its arguments go out as they come. */
class GrowingFunctionCall implements GrowingCall {
  readonly index: number;
  readonly #id: string;
  readonly #start: CallStart;
  #arguments = "";
  #status: ItemStatus = "in_progress";

  constructor(start: CallStart) {
    this.#start = start;
    this.index = start.index;
    this.#id = start.newId("fc_");
    start.emit({ type: "response.output_item.added", output_index: this.index, item: this.value() });
  }

  addArguments(delta: string): void {
    this.#arguments += delta;
    this.#start.emit({ type: "response.function_call_arguments.delta", ...this.#at(), delta });
  }

  close(status: ItemStatus): void {
    if (this.#status !== "in_progress") return;
    // Clients parse the arguments, and nothing is no JSON.
    if (this.#arguments === "" && status === "completed") this.addArguments("{}");
    this.#status = status;
    const { emit } = this.#start;
    emit({ type: "response.function_call_arguments.done", ...this.#at(), arguments: this.#arguments });
    emit({ type: "response.output_item.done", output_index: this.index, item: this.value() });
  }

  value(): FunctionCallItem {
    return {
      id: this.#id,
      type: "function_call",
      status: this.#status,
      call_id: this.#start.callId,
      ...clientName(this.#start),
      arguments: this.#arguments,
    };
  }

  #at() {
    return { item_id: this.#id, output_index: this.index };
  }
}

/** A call of a custom tool: its free text is read out of the arguments. */
class GrowingCustomCall implements GrowingCall {
  readonly index: number;
  readonly #id: string;
  readonly #start: CallStart;
  readonly #reader = new CustomInput();
  #input = "";
  #status: ItemStatus = "in_progress";

  constructor(start: CallStart) {
    this.#start = start;
    this.index = start.index;
    this.#id = start.newId("ctc_");
    start.emit({ type: "response.output_item.added", output_index: this.index, item: this.value() });
  }

  addArguments(piece: string): void {
    this.#add(this.#reader.push(piece));
  }

  close(status: ItemStatus): void {
    if (this.#status !== "in_progress") return;
    this.#add(this.#reader.end());
    this.#status = status;
    const { emit } = this.#start;
    emit({ type: "response.custom_tool_call_input.done", ...this.#at(), input: this.#input });
    emit({ type: "response.output_item.done", output_index: this.index, item: this.value() });
  }

  value(): CustomCallItem {
    return {
      id: this.#id,
      type: "custom_tool_call",
      status: this.#status,
      call_id: this.#start.callId,
      ...clientName(this.#start),
      input: this.#input,
    };
  }

  #add(delta: string): void {
    if (delta === "") return;
    this.#input += delta;
    this.#start.emit({ type: "response.custom_tool_call_input.delta", ...this.#at(), delta });
  }

  #at() {
    return { item_id: this.#id, output_index: this.index };
  }
}

function parsed(raw: string): JsonObject | undefined {
  try {
    return objectOf(JSON.parse(raw));
  } catch {
    return undefined;
  }
}

/** A call of a tool that OpenAI defines and the client runs: there are no events for pieces of it. */
class GrowingClientCall implements GrowingCall {
  readonly index: number;
  readonly #id: string;
  readonly #start: CallStart;
  readonly #tool: ClientTool;
  #raw = "";
  #status: ItemStatus = "in_progress";

  constructor(start: CallStart, tool: ClientTool) {
    this.#start = start;
    this.#tool = tool;
    this.index = start.index;
    this.#id = start.newId(tool.idPrefix);
    start.emit({ type: "response.output_item.added", output_index: this.index, item: this.value() });
  }

  addArguments(piece: string): void {
    this.#raw += piece;
  }

  close(status: ItemStatus): void {
    if (this.#status !== "in_progress") return;
    this.#status = parsed(this.#raw) === undefined ? "incomplete" : status;
    this.#start.emit({ type: "response.output_item.done", output_index: this.index, item: this.value() });
  }

  value(): ClientCallItem {
    const args = this.#status === "in_progress" ? undefined : parsed(this.#raw);
    return this.#tool.item({
      id: this.#id,
      callId: this.#start.callId,
      status: this.#status,
      args,
      raw: this.#status === "in_progress" ? "" : this.#raw,
    });
  }
}

/** Begins the output item for a call of the model's, and tells of it. */
export function growingCall(start: CallStart): GrowingCall {
  const kind = start.tool?.kind ?? "function";
  if (kind === "custom") return new GrowingCustomCall(start);
  const tool = CLIENT_TOOLS.get(kind);
  return tool === undefined ? new GrowingFunctionCall(start) : new GrowingClientCall(start, tool);
}
