import { type ObjectScan, SCAN_START, scanObject } from "./object_scan.ts";
import { toolInput } from "./tool_input.ts";

/**
 * Arguments of one call while they come in pieces. An object goes on to the client piece by piece, up to its closing brace;
 * anything else is held until all of it is there, and then goes as the object that a whole answer would have.
 */
export class ToolArguments {
  /** What stands before an opening brace, or instead of one. */
  #held: string[] = [];
  /** Undefined until the opening brace has come. */
  #scan: ObjectScan | undefined;
  #isObject: boolean | undefined;
  #isComplete = false;

  /** Whether the object is closed. Never true of what is no object: only the end tells that nothing more comes. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** @returns What of it can go to the client now. */
  add(text: string): string {
    if (this.#isComplete) return "";
    if (this.#scan === undefined) {
      const start = this.#isObject === undefined ? text.trimStart() : text;
      this.#isObject ??= start === "" ? undefined : start.startsWith("{");
      if (this.#isObject !== true) {
        this.#held.push(text);
        return "";
      }
      return this.#read(SCAN_START, start);
    }
    return this.#read(this.#scan, text);
  }

  /** @returns What is still to go when no more comes; nothing for a call without arguments. */
  rest(): string {
    if (this.#scan !== undefined) return "";
    const json = JSON.stringify(toolInput(this.#held.join("")));
    return json === "{}" ? "" : json;
  }

  #read(scan: ObjectScan, text: string): string {
    const scanned = scanObject(scan, text);
    this.#isComplete = "end" in scanned;
    this.#scan = "end" in scanned ? scan : scanned;
    return "end" in scanned ? text.slice(0, scanned.end) : text;
  }
}
