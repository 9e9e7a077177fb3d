import { objectOf } from "../chat/json_object.ts";
import type { ChatTool, JsonObject } from "../chat/chat_request.ts";
import { booleanField, listField, neededString, refusal, stringField } from "./body_fields.ts";
import { CLIENT_TOOLS, type ClientTool, type ClientToolKind } from "./client_tools.ts";

/** A tool that the model can use, under both of its names. */
export interface OfferedTool {
  readonly kind: "function" | "custom" | ClientToolKind;
  /** As the client calls it. */
  readonly name: string;
  readonly namespace: string | undefined;
  /** As the backend does: without namespace, and no other tool's. */
  readonly chatName: string;
  readonly chat: ChatTool;
}

/** The tools of one request. */
export interface ToolTable {
  readonly tools: readonly OfferedTool[];
  /** The tool that a model means; undefined for a name of its own making. */
  called(chatName: string): OfferedTool | undefined;
  /** The name to use with the backend, also for a tool that is offered no more. */
  chatName(kind: OfferedTool["kind"], name: string, namespace: string | undefined): string;
}

/** A tool as it stands in the request, and where. */
export interface GivenTool {
  readonly tool: unknown;
  readonly path: string;
}

/** OpenAI takes no longer names, and its own clients count on it. */
const LONGEST_NAME = 64;

/** Schema of a function that takes one text. */
const FREE_TEXT = {
  type: "object",
  properties: { input: { type: "string", description: "The whole input of the tool, as free text" } },
  required: ["input"],
};

/** `crm__find`: the only way to say a namespace to a model behind chat completions. */
function joinedName(name: string, namespace: string | undefined): string {
  if (namespace === undefined) return name;
  return (namespace.endsWith("__") ? namespace + name : `${namespace}__${name}`).slice(-LONGEST_NAME);
}

/** A grammar that the backend cannot enforce is at least told to the model. */
function customDescription(tool: JsonObject, path: string): string {
  const description = stringField(tool, "description", `${path}.description`) ?? "";
  const { type, syntax, definition } = objectOf(tool["format"]) ?? {};
  if (type !== "grammar" || typeof definition !== "string") return description;
  return `${description}\n\nThe input must follow this ${syntax} grammar:\n${definition}`.trimStart();
}

function functionTool(tool: JsonObject, chatName: string, path: string): ChatTool {
  const description = stringField(tool, "description", `${path}.description`);
  const strict = booleanField(tool, "strict", `${path}.strict`);
  const parameters = tool["parameters"] ?? { type: "object", properties: {} };
  const known = {
    name: chatName,
    ...(description === undefined ? {} : { description }),
    parameters,
    ...(strict === undefined ? {} : { strict }),
  };
  return { type: "function", function: known };
}

function customTool(tool: JsonObject, chatName: string, path: string): ChatTool {
  const description = customDescription(tool, path);
  return { type: "function", function: { name: chatName, description, parameters: FREE_TEXT } };
}

function clientTool(tool: JsonObject, known: ClientTool, chatName: string, path: string): ChatTool {
  const description = stringField(tool, "description", `${path}.description`) ?? known.description;
  const parameters = objectOf(tool["parameters"]) ?? known.parameters;
  return { type: "function", function: { name: chatName, description, parameters } };
}

/** True for a tool that is run where the client cannot reach: in a container of OpenAI's, or by its search. */
function runsElsewhere(tool: JsonObject, kind: ClientToolKind): boolean {
  if (kind === "tool_search") return tool["execution"] !== "client";
  const place = objectOf(tool["environment"])?.["type"];
  return kind === "shell" && place !== undefined && place !== "local";
}

/** Collects tools under names that are no other's. */
class Offers {
  readonly tools: OfferedTool[] = [];
  readonly #byKey = new Map<string, OfferedTool>();
  readonly #byChatName = new Map<string, OfferedTool>();

  add({ tool: given, path }: GivenTool, namespace?: string): void {
    const tool = objectOf(given);
    if (tool === undefined) throw refusal(path, `${path} must be an object`);
    const type = stringField(tool, "type", `${path}.type`) ?? "";
    if (type === "function" || type === "custom") return this.#named(tool, type, path, namespace);
    if (type === "namespace" && namespace === undefined) {
      const inner = neededString(tool, "name", `${path}.name`);
      listField(tool, "tools", `${path}.tools`).forEach((each, at) =>
        this.add({ tool: each, path: `${path}.tools[${at}]` }, inner)
      );
      return;
    }
    const known = CLIENT_TOOLS.get(type);
    if (known === undefined || runsElsewhere(tool, known.kind)) return;
    this.#put(known.kind, known.kind, undefined, (name) => clientTool(tool, known, name, path));
  }

  #named(tool: JsonObject, kind: "function" | "custom", path: string, namespace: string | undefined): void {
    const write = kind === "function" ? functionTool : customTool;
    this.#put(kind, neededString(tool, "name", `${path}.name`), namespace, (name) => write(tool, name, path));
  }

  #put(
    kind: OfferedTool["kind"],
    name: string,
    namespace: string | undefined,
    chat: (chatName: string) => ChatTool,
  ): void {
    const key = keyOf(kind, name, namespace);
    // The same tool can be given again in the course of a conversation.
    if (this.#byKey.has(key)) return;
    const wanted = joinedName(name, namespace);
    let chatName = wanted;
    for (let n = 2; this.#byChatName.has(chatName); n++) chatName = `${wanted.slice(0, LONGEST_NAME - 4)}_${n}`;
    const offered = { kind, name, namespace, chatName, chat: chat(chatName) };
    this.tools.push(offered);
    this.#byKey.set(key, offered);
    this.#byChatName.set(chatName, offered);
  }

  /** Models are apt to forget a namespace, so a sole tool of that name is meant. */
  called(chatName: string): OfferedTool | undefined {
    const exact = this.#byChatName.get(chatName);
    if (exact !== undefined) return exact;
    const [only, ...others] = this.tools.filter((tool) => tool.name === chatName);
    return others.length === 0 ? only : undefined;
  }

  chatName(kind: OfferedTool["kind"], name: string, namespace: string | undefined): string {
    return this.#byKey.get(keyOf(kind, name, namespace))?.chatName ?? joinedName(name, namespace);
  }
}

function keyOf(kind: string, name: string, namespace: string | undefined): string {
  return JSON.stringify([kind, name, namespace ?? null]);
}

/**
 * What of the given tools a model behind chat completions can use: functions, custom tools (as functions of one text),
 * those of namespaces (under joined names), and those that OpenAI defines and the client runs. Hosted tools, such as
 * `web_search`, and unknown ones are left out.
 *
 * @throws {OllaError} `invalid_request` for a tool that is not written as its type demands.
 */
export function toolTable(given: readonly GivenTool[]): ToolTable {
  const offers = new Offers();
  for (const each of given) offers.add(each);
  return offers;
}
