import { objectOf } from "../chat/json_object.ts";
import type { JsonObject } from "../chat/chat_request.ts";
import { refusal } from "./body_fields.ts";
import type { GivenTool } from "./tool_table.ts";

/** What is kept of earlier responses, for requests that build on them. */
export interface KeptItems {
  /** The whole conversation that `previous_response_id` stands for: items as they are stored. */
  readonly previous: readonly unknown[];
  /** An item of any kept response, for an `item_reference`. */
  readonly find?: (id: string) => unknown;
}

/** An item of the conversation and the field that it comes from. */
export interface GivenItem {
  readonly item: JsonObject;
  readonly path: string;
}

/** The `input` of a request as items. @throws {OllaError} When it is neither a text nor a list. */
export function inputItems(body: JsonObject): readonly unknown[] {
  const input = body["input"] ?? [];
  if (typeof input === "string") {
    return [{ type: "message", role: "user", content: [{ type: "input_text", text: input }] }];
  }
  if (Array.isArray(input)) return input;
  throw refusal("input", "input must be a string or a list of items");
}

/** A reference need not say its type. */
function referenceId(item: JsonObject): string | undefined {
  const { type, id } = item;
  const isReference = type === "item_reference" ||
    ((type === undefined || type === null) && item["role"] === undefined);
  return isReference && typeof id === "string" ? id : undefined;
}

function resolved(value: unknown, path: string, kept: KeptItems | undefined): JsonObject {
  const item = objectOf(value);
  if (item === undefined) throw refusal(path, `${path} must be an object`);
  const id = referenceId(item);
  if (id === undefined) return item;
  const found = objectOf(kept?.find?.(id));
  if (found !== undefined) return found;
  const message = `${path} refers to the item "${id}", which is not kept here; send the item itself (with SDKs that ` +
    "refer to items, set store: false)";
  throw refusal(path, message);
}

/**
 * The whole conversation: what came before, then the request's own input, with references replaced by what they name.
 *
 * @throws {OllaError} `invalid_request` for an input of another shape, and for a reference to an item that is not kept.
 */
export function conversationItems(body: JsonObject, kept: KeptItems | undefined): GivenItem[] {
  const before = (kept?.previous ?? []).map((item, at) => ({ item, path: `previous_response_id (item ${at})` }));
  const own = inputItems(body).map((item, at) => ({ item, path: `input[${at}]` }));
  return [...before, ...own].map(({ item, path }) => ({ item: resolved(item, path, kept), path }));
}

/** All tools that a request gives: its own, and those that its conversation has loaded. */
export function givenTools(body: JsonObject, items: readonly GivenItem[]): GivenTool[] {
  const lists = [{ tools: body["tools"], path: "tools" }];
  for (const { item, path } of items) {
    const { type, tools } = item;
    if (type === "additional_tools" || type === "tool_search_output") lists.push({ tools, path: `${path}.tools` });
  }
  return lists.flatMap(({ tools, path }) => {
    if (tools === undefined || tools === null) return [];
    if (!Array.isArray(tools)) throw refusal(path, `${path} must be a list`);
    return tools.map((tool, at) => ({ tool, path: `${path}[${at}]` }));
  });
}
