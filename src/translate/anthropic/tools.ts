import type { ChatRequest, ChatTool, ChatToolChoice } from "../chat/chat_request.ts";
import { textOf } from "../chat/json_object.ts";
import { clientTool } from "./client_tools.ts";
import { type Field, readBoolean, readField, readFields, readText, refuse, requireText } from "./field.ts";

/** The part of a chat request that is about tools. */
export type ChatTools = Pick<ChatRequest, "tools" | "tool_choice" | "parallel_tool_calls">;

function customTool(tool: Field): ChatTool {
  const description = readText(tool, "description");
  const schema = readField(tool, "input_schema");
  const strict = readBoolean(tool, "strict");
  return {
    type: "function",
    function: {
      name: requireText(tool, "name"),
      ...(description !== undefined && { description }),
      ...(schema !== undefined && { parameters: schema.value }),
      ...(strict !== undefined && { strict }),
    },
  };
}

/**
 * A tool as chat backends know it: one that the client describes, or one that Anthropic defines and the client runs.
 *
 * @returns Undefined for a tool that only Anthropic's servers could run, such as web search.
 */
function chatTool(tool: Field): ChatTool | undefined {
  const type = readText(tool, "type");
  const isCustom = type === undefined || type === "custom" || tool.value.input_schema !== undefined;
  if (isCustom) return customTool(tool);
  const known = clientTool(tool.value);
  return known === undefined
    ? undefined
    : { type: "function", function: { name: requireText(tool, "name"), ...known } };
}

/** How the choice is written: as a word, or as an object with it as `type`. */
function choiceOf(request: Field): Field | undefined {
  const choice = request.value.tool_choice;
  return typeof choice === "string"
    ? { value: { type: choice }, path: "tool_choice" }
    : readField(request, "tool_choice");
}

function namedTool(choice: Field, tools: readonly ChatTool[]): ChatToolChoice {
  const name = requireText(choice, "name");
  if (tools.some((tool) => tool.function.name === name)) return { type: "function", function: { name } };
  return refuse(
    `${choice.path}.name`,
    `is ${
      JSON.stringify(name)
    }, which is not among the tools that this model's server can call. Define it in tools, with ` +
      "an input_schema: tools that run on Anthropic's servers do not exist here",
  );
}

function chatToolChoice(choice: Field, tools: readonly ChatTool[]): ChatToolChoice {
  switch (choice.value.type) {
    case "auto":
    case "none":
      return choice.value.type;
    case "any":
    case "required":
      return "required";
    case "tool":
      return namedTool(choice, tools);
    default:
      return refuse(`${choice.path}.type`, 'must be "auto", "any", "tool" or "none"');
  }
}

/**
 * Tools and the choice between them. Tools that only Anthropic's servers could run are left out; so is the choice when no
 * tool is left, since backends refuse a choice between none.
 *
 * @throws {OllaError} For wrong types, tools without a name, and a choice of a tool that is not there.
 */
export function chatTools(request: Field): ChatTools {
  const tools = readFields(request, "tools").map(chatTool).filter((tool) => tool !== undefined);
  const choice = choiceOf(request);
  if (choice === undefined) return tools.length === 0 ? {} : { tools };
  const isNamed = textOf(choice.value.type) === "tool";
  if (tools.length === 0) {
    if (isNamed) namedTool(choice, tools);
    return {};
  }
  const oneAtATime = readBoolean(choice, "disable_parallel_tool_use") === true;
  return {
    tools,
    tool_choice: chatToolChoice(choice, tools),
    ...(oneAtATime && { parallel_tool_calls: false }),
  };
}
