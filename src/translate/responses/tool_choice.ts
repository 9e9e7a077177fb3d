import { objectOf } from "../chat/json_object.ts";
import type { ChatToolChoice, JsonObject } from "../chat/chat_request.ts";
import { listField, neededString, refusal } from "./body_fields.ts";
import { CLIENT_TOOLS } from "./client_tools.ts";
import type { OfferedTool } from "./tool_table.ts";

/** The tools of a request and how the model is to use them. `choice` is left out where there is nothing to choose. */
export interface ChosenTools {
  readonly tools: readonly OfferedTool[];
  readonly choice: ChatToolChoice | undefined;
}

const PATH = "tool_choice";

function noSuchTool(what: string): Error {
  const message =
    `${PATH} asks for ${what}, which is not among the tools that this backend can use: functions, custom ` +
    'tools, and those that you run yourself. Choose one of these, or "auto"';
  return refusal(PATH, message);
}

/** Whether an offered tool is the one, or in the namespace, that a choice names. */
function isMeant(tool: OfferedTool, choice: JsonObject): boolean {
  const { type, name, namespace = null } = choice;
  if (type === "namespace") return tool.namespace === name;
  if (type !== tool.kind) return false;
  if (CLIENT_TOOLS.has(tool.kind)) return true;
  return tool.name === name && (namespace === null || tool.namespace === namespace);
}

function forced(tools: readonly OfferedTool[], choice: JsonObject): ChatToolChoice {
  const type = neededString(choice, "type", `${PATH}.type`);
  if (type === "function" || type === "custom") neededString(choice, "name", `${PATH}.name`);
  const tool = tools.find((each) => isMeant(each, choice));
  if (tool !== undefined) return { type: "function", function: { name: tool.chatName } };
  throw noSuchTool(typeof choice["name"] === "string" ? `the ${type} "${choice["name"]}"` : `"${type}"`);
}

function byWord(tools: readonly OfferedTool[], word: string): ChosenTools {
  if (word !== "none" && word !== "auto" && word !== "required") {
    throw refusal(PATH, `${PATH} must be "none", "auto", "required", or an object that names a tool`);
  }
  if (tools.length > 0) return { tools, choice: word };
  if (word === "required") throw noSuchTool("a call");
  return { tools, choice: undefined };
}

/** Chat completions at local servers know no list of allowed tools: the others are left out instead. */
function allowedOnly(tools: readonly OfferedTool[], choice: JsonObject): ChosenTools {
  const allowed = listField(choice, "tools", `${PATH}.tools`).map((each) => objectOf(each) ?? {});
  const left = tools.filter((tool) => allowed.some((each) => isMeant(tool, each)));
  return byWord(left, choice["mode"] === "required" ? "required" : "auto");
}

/**
 * Reads a request's `tool_choice`, in all of its forms.
 *
 * @param tools All that the request offers.
 * @throws {OllaError} `invalid_request` when it demands a tool that cannot be offered, such as a hosted one.
 */
export function chooseTools(tools: readonly OfferedTool[], choice: unknown): ChosenTools {
  if (choice === undefined || choice === null) return { tools, choice: undefined };
  if (typeof choice === "string") return byWord(tools, choice);
  const object = objectOf(choice);
  if (object === undefined) throw refusal(PATH, `${PATH} must be a string or an object`);
  if (object["type"] === "allowed_tools") return allowedOnly(tools, object);
  return { tools, choice: forced(tools, object) };
}
