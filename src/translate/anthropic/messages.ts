import type { ChatMessage, ChatPart } from "../chat/chat_request.ts";
import { assistantMessage, type AssistantTurn, assistantTurn, isEmptyTurn, joinTurns } from "./assistant_turn.ts";
import { blocksOf, contentParts, mergeParts } from "./content_parts.ts";
import { type Field, pathTo, readFields, readList, readText, refuse } from "./field.ts";
import { joinTexts } from "./readable_block.ts";
import { toolResult } from "./tool_result.ts";

interface UserTurn {
  readonly role: "user";
  /** Results of tools: they come before all else that the user says. */
  readonly results: readonly ChatMessage[];
  /** What came with the results and is no text. */
  readonly attached: readonly ChatPart[];
  readonly parts: readonly ChatPart[];
}

type Turn = UserTurn | AssistantTurn;

const NO_CALLS: ReadonlyMap<string, string> = new Map();

/** Claude Code's first system block: its version and a checksum that differs with every request. */
const BILLING_HEADER = "x-anthropic-billing-header:";

/**
 * The texts of a system prompt. Claude Code's billing line is left out: Anthropic's servers take it away too, and with it
 * no two prompts begin alike, so that no backend could use what it has cached.
 *
 * @param field What has the prompt, under `key`: the request, or a message of the role "system".
 */
export function systemText(field: Field, key: string): string {
  const value = field.value[key];
  if (value === undefined || value === null) return "";
  return joinTexts(
    blocksOf(field, key)
      .map((block) => block.value.type === "text" ? readText(block, "text") : undefined)
      .filter((text) => text?.startsWith(BILLING_HEADER) !== true),
  );
}

function userTurn(blocks: readonly Field[], calls: ReadonlyMap<string, string>): UserTurn {
  const results: ChatMessage[] = [];
  const attached: ChatPart[] = [];
  const others: Field[] = [];
  for (const block of blocks) {
    if (block.value.type !== "tool_result") {
      others.push(block);
      continue;
    }
    const result = toolResult(block, calls);
    if (result.message !== undefined) results.push(result.message);
    attached.push(...result.parts);
  }
  return { role: "user", results, attached, parts: contentParts(others) };
}

/** A system message between others: many chat templates refuse one there, so it becomes a marked text of the user. */
function instruction(text: string): UserTurn {
  const parts: ChatPart[] = text === "" ? [] : [{ type: "text", text: `<system>\n${text}\n</system>` }];
  return { role: "user", results: [], attached: [], parts };
}

function isEmpty(turn: Turn): boolean {
  if (turn.role === "assistant") return isEmptyTurn(turn);
  return turn.results.length + turn.attached.length + turn.parts.length === 0;
}

/** Appends a turn; one of the same role as the last is joined with it, since strict templates want them to alternate. */
function append(turns: Turn[], turn: Turn): void {
  const last = turns.at(-1);
  if (last?.role === "assistant" && turn.role === "assistant") turns[turns.length - 1] = joinTurns(last, turn);
  else if (last?.role === "user" && turn.role === "user") {
    turns[turns.length - 1] = {
      role: "user",
      results: [...last.results, ...turn.results],
      attached: [...last.attached, ...turn.attached],
      parts: [...last.parts, ...turn.parts],
    };
  } else turns.push(turn);
}

function messagesOf(turn: Turn): ChatMessage[] {
  if (turn.role === "assistant") return [assistantMessage(turn)];
  const parts = [...turn.attached, ...turn.parts];
  return parts.length === 0 ? [...turn.results] : [...turn.results, { role: "user", content: mergeParts(parts) }];
}

/** The calls of the assistant's turn that a user's next message can answer: names by id. */
function callsBefore(turns: readonly Turn[]): ReadonlyMap<string, string> {
  const turn = turns.findLast((one) => one.role === "assistant");
  if (turn === undefined || turn.calls.length === 0) return NO_CALLS;
  return new Map(turn.calls.map((call) => [call.id, call.function.name]));
}

function turnOf(message: Field, turns: readonly Turn[]): Turn {
  switch (message.value.role) {
    case "user":
      return userTurn(blocksOf(message, "content"), callsBefore(turns));
    case "assistant":
      return assistantTurn(blocksOf(message, "content"));
    case "system":
      return instruction(systemText(message, "content"));
    default:
      return refuse(pathTo(message.path, "role"), 'must be "user", "assistant" or "system"');
  }
}

/** The last message would go unheard, and the model would go on with its own words instead. */
function refuseUnreadable(message: Field): never {
  const types = blocksOf(message, "content").map((block) => JSON.stringify(block.value.type));
  const what = types.length === 0
    ? "is empty"
    : `has nothing that this model's server can read, only ${types.join(", ")}`;
  return refuse(pathTo(message.path, "content"), `${what}. Add a text`);
}

/**
 * All messages of a request, the system prompt first. Messages of which nothing can be said in a chat are left out.
 *
 * @param request The client's request.
 * @throws {OllaError} When `messages` is no list, is empty, has a wrong type somewhere, or its last message says nothing.
 */
export function chatMessages(request: Field): ChatMessage[] {
  const list = readList(request, "messages");
  if (list === undefined || list.length === 0) refuse("messages", "must be a list with at least one message");
  const systems = [systemText(request, "system")];
  const turns: Turn[] = [];
  let unheard: Field | undefined;
  for (const message of readFields(request, "messages")) {
    if (message.value.role === "system" && turns.length === 0) {
      systems.push(systemText(message, "content"));
      continue;
    }
    const turn = turnOf(message, turns);
    unheard = undefined;
    if (!isEmpty(turn)) append(turns, turn);
    else if (message.value.role === "user") unheard = message;
  }
  if (unheard !== undefined) refuseUnreadable(unheard);
  if (turns.length === 0) refuse("messages", "must have at least one message of a user");
  const system = joinTexts(systems);
  return [...(system === "" ? [] : [{ role: "system", content: system } as const]), ...turns.flatMap(messagesOf)];
}
