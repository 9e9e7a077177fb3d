import { malformed } from "./chat_ending.ts";
import type { ChatEvent } from "./chat_event.ts";
import type { JsonObject } from "./chat_request.ts";
import { type NewId, objectOf, textOf } from "./json_object.ts";

/** Arguments that wait for their call's name, in characters, over all calls of an answer. */
const MOST_HELD = 16 * 1024 * 1024;
/** Calls in one answer: more is a backend that repeats itself. */
const MOST_CALLS = 4096;

interface Call {
  /** The backend's, empty until it comes. */
  id: string;
  /** Empty until it comes. */
  name: string;
  /** Where it stands among the calls that are told; -1 until it is. */
  index: number;
  /** Arguments that came before the call could be told. */
  held: string[];
  /** Its arguments came as an object, so that they are whole. */
  whole: boolean;
  /** Whether a piece of it had an index. */
  placed: boolean;
  /** The number of the chunk that spoke of it last. */
  chunk: number;
}

/** One entry of `tool_calls`, whatever its shape. */
interface Entry {
  readonly place: number | undefined;
  readonly id: string;
  readonly name: string;
  readonly text: string;
  readonly whole: boolean;
}

function jsonText(value: object): string {
  try {
    return JSON.stringify(value);
  } catch {
    // What was parsed can only fail to be written when it is nested deeper than the stack.
    throw malformed("The backend sent arguments of a tool call that are nested too deeply");
  }
}

function entryOf(value: JsonObject): Entry {
  const call = objectOf(value["function"]) ?? value;
  const given = call["arguments"];
  const whole = typeof given === "object" && given !== null;
  return {
    place: typeof value["index"] === "number" ? value["index"] : undefined,
    id: textOf(value["id"]) ?? "",
    name: textOf(call["name"]) ?? "",
    text: whole ? jsonText(given) : textOf(given) ?? "",
    whole,
  };
}

/** Where the one call of the legacy `function_call` stands: no backend counts like that. */
const LEGACY_PLACE = -1;

/**
 * Puts the calls of one answer together from the pieces in which backends send them: with or without an index, the id and
 * the name in separate pieces or repeated in each, arguments ahead of both.
 *
 * A call is told as soon as its name and its id are known. A backend that sends arguments after the name and still no id
 * will not send one: the call gets an id of ours then, or when the answer ends.
 */
export class ToolCallReader {
  readonly #newId: NewId;
  readonly #calls: Call[] = [];
  readonly #byPlace = new Map<number, Call>();
  #chunk = 0;
  #told = 0;
  #held = 0;

  constructor(newId: NewId) {
    this.#newId = newId;
  }

  /** Whether any call has been told. */
  get any(): boolean {
    return this.#told > 0;
  }

  /** Reads the `tool_calls` of one chunk. Throws an `AnswerError` when a bound is passed. */
  delta(values: readonly JsonObject[], out: ChatEvent[]): void {
    this.#chunk++;
    for (const value of values) {
      const entry = entryOf(value);
      this.#take(this.#callOf(entry), entry, out);
    }
  }

  /** Reads a `function_call`, which never has an id. */
  legacy(value: JsonObject, out: ChatEvent[]): void {
    this.delta([{ index: LEGACY_PLACE, function: value }], out);
  }

  /** Reads the `tool_calls` of a whole message: each entry is a call. */
  whole(values: readonly JsonObject[], out: ChatEvent[]): void {
    for (const value of values) {
      const entry = entryOf(value);
      this.#take(this.#create(undefined), entry, out);
    }
  }

  /** No more pieces come: tells the calls that waited for an id. Throws an `AnswerError` for arguments of no function. */
  finish(out: ChatEvent[]): void {
    for (const call of this.#calls) {
      if (call.index !== -1) continue;
      if (call.name !== "") this.#tell(call, out);
      else if (call.held.length > 0) throw malformed("The backend sent a tool call without the name of a function");
    }
  }

  #callOf(entry: Entry): Call {
    const known = entry.place === undefined ? this.#withoutPlace(entry) : this.#atPlace(entry.place, entry);
    return known === undefined || this.#beginsAnother(known, entry) ? this.#create(entry.place) : known;
  }

  #atPlace(place: number, entry: Entry): Call | undefined {
    const call = this.#byPlace.get(place);
    if (call !== undefined || entry.id !== "" || entry.name !== "") return call;
    // Arguments at a place where no call was begun belong to a call that was begun without a place, if there is one.
    const last = this.#calls.at(-1);
    if (last === undefined || last.placed) return undefined;
    this.#put(last, place);
    return last;
  }

  #withoutPlace(entry: Entry): Call | undefined {
    const last = this.#calls.at(-1);
    if (entry.id === "") return last;
    const same = this.#calls.find((call) => call.id === entry.id);
    return same ?? (last?.id === "" && (entry.name === "" || last.name === "") ? last : undefined);
  }

  /**
   * Whether a piece with a name begins another call at the place of a known one. Gemini and old Ollama number every call
   * 0; old vLLM sends a new id, but no name, with every piece of one call; others repeat id, name or both.
   */
  #beginsAnother(call: Call, entry: Entry): boolean {
    if (entry.name === "" || call.name === "") return false;
    if (entry.id !== "" && call.id !== "") return entry.id !== call.id;
    return entry.name !== call.name || call.whole || entry.whole || call.chunk === this.#chunk;
  }

  #create(place: number | undefined): Call {
    if (this.#calls.length >= MOST_CALLS) throw malformed(`The backend sent more than ${MOST_CALLS} tool calls`);
    const call: Call = { id: "", name: "", index: -1, held: [], whole: false, placed: false, chunk: 0 };
    this.#calls.push(call);
    if (place !== undefined) this.#put(call, place);
    return call;
  }

  #put(call: Call, place: number): void {
    call.placed = true;
    this.#byPlace.set(place, call);
  }

  #take(call: Call, entry: Entry, out: ChatEvent[]): void {
    call.chunk = this.#chunk;
    if (call.id === "") call.id = entry.id;
    if (call.name === "") call.name = entry.name;
    if (entry.whole) call.whole = true;
    if (call.index === -1 && call.name !== "" && (call.id !== "" || entry.text !== "")) this.#tell(call, out);
    if (entry.text === "") return;
    if (call.index !== -1) {
      out.push({ kind: "tool_arguments", index: call.index, text: entry.text });
      return;
    }
    this.#held += entry.text.length;
    if (this.#held > MOST_HELD) {
      throw malformed("The backend sent arguments of tool calls without the names of functions");
    }
    call.held.push(entry.text);
  }

  #tell(call: Call, out: ChatEvent[]): void {
    call.index = this.#told++;
    const id = call.id === "" ? this.#newId("call_") : call.id;
    out.push({ kind: "tool_call", index: call.index, id, name: call.name });
    const text = call.held.join("");
    this.#held -= text.length;
    call.held = [];
    if (text !== "") out.push({ kind: "tool_arguments", index: call.index, text });
  }
}
