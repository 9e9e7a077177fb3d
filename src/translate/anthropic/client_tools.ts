/**
 * Tools that Anthropic defines and the client runs: a request names only their type and Claude knows the rest. Other models
 * are told here what Anthropic's documentation says of their input.
 * @module
 */
import type { JsonObject } from "../chat/chat_request.ts";

/** What a model must know of a tool to call it. */
export interface ToolDefinition {
  readonly description: string;
  /** JSON Schema. */
  readonly parameters: JsonObject;
}

const text = (description: string) => ({ type: "string", description });
const whole = (description: string) => ({ type: "integer", description });
const oneOf = (values: readonly string[], description: string) => ({ type: "string", enum: values, description });
const numbers = (count: number, description: string) => (
  { type: "array", items: { type: "integer" }, minItems: count, maxItems: count, description }
);
const inputOf = (properties: JsonObject, required: readonly string[]): JsonObject => (
  { type: "object", properties, required }
);

const BASH: ToolDefinition = {
  description: "Runs a command in a bash shell that stays open between calls, and returns its output.",
  parameters: inputOf({
    command: text("The command to run. Required unless restart is true."),
    restart: { type: "boolean", description: "Set to true to restart the shell." },
  }, []),
};

/** @param version The date in the tool's type: undo went away in April 2025, and in July the inserted text got a name of its own. */
function textEditor(version: number): ToolDefinition {
  const hasUndo = version < 20250429;
  const commands = ["view", "create", "str_replace", "insert", ...(hasUndo ? ["undo_edit"] : [])];
  const inserted = text("For insert: the text to insert.");
  return {
    description:
      "Views, creates and edits text files. view shows a file with line numbers, or lists a directory; create " +
      "writes a whole file; str_replace replaces the one place where old_str stands; insert puts text behind a line" +
      (hasUndo ? "; undo_edit takes back the last edit of a file." : "."),
    parameters: inputOf({
      command: oneOf(commands, "What to do."),
      path: text("Absolute path of the file or directory."),
      file_text: text("For create: the whole content of the file."),
      view_range: numbers(2, "For view of a file: the first and the last line to show, from 1; -1 is the end."),
      old_str: text("For str_replace: the text to replace. It must stand exactly once in the file."),
      new_str: text(
        "For str_replace: what to put there." + (version < 20250728 ? " For insert: the text to insert." : ""),
      ),
      insert_line: whole("For insert: the line behind which the text goes; 0 is the start of the file."),
      ...(version >= 20250728 && { insert_text: inserted }),
    }, ["command", "path"]),
  };
}

const MEMORY: ToolDefinition = {
  description: "Reads and writes files below /memories, which are kept between conversations.",
  parameters: inputOf({
    command: oneOf(["view", "create", "str_replace", "insert", "delete", "rename"], "What to do."),
    path: text("Path below /memories, for all commands but rename."),
    view_range: numbers(2, "For view of a file: the first and the last line to show, from 1."),
    file_text: text("For create: the whole content of the file."),
    old_str: text("For str_replace: the text to replace."),
    new_str: text("For str_replace: what to put there."),
    insert_line: whole("For insert: the line behind which the text goes; 0 is the start of the file."),
    insert_text: text("For insert: the text to insert."),
    old_path: text("For rename: the path as it is."),
    new_path: text("For rename: the path as it is to be."),
  }, ["command"]),
};

const FIRST_ACTIONS = [
  ...["key", "type", "mouse_move", "left_click", "left_click_drag", "right_click", "middle_click", "double_click"],
  ...["screenshot", "cursor_position"],
];
const LATER_ACTIONS = ["left_mouse_down", "left_mouse_up", "triple_click", "scroll", "hold_key", "wait"];

/** @param tool The tool as the request has it: the size of the display is in there. */
function computer(version: number, tool: JsonObject): ToolDefinition {
  const { display_width_px: width, display_height_px: height } = tool;
  const isLater = version >= 20250124;
  const canZoom = version >= 20251124 && tool.enable_zoom === true;
  const size = typeof width === "number" && typeof height === "number" ? ` of ${width}x${height} pixels` : "";
  const actions = [...FIRST_ACTIONS, ...(isLater ? LATER_ACTIONS : []), ...(canZoom ? ["zoom"] : [])];
  return {
    description:
      `Uses a computer by mouse, keyboard and screenshots. The display has a size${size}; coordinates count from ` +
      "its upper left corner. Take a screenshot to see what an action did.",
    parameters: inputOf({
      action: oneOf(actions, "What to do."),
      coordinate: numbers(2, "x and y in pixels: where to click, scroll, or move or drag the mouse to."),
      text: text("For type: the text. For key and hold_key: the key or keys, such as ctrl+s."),
      ...(isLater && {
        start_coordinate: numbers(2, "For left_click_drag: x and y in pixels where the drag begins."),
        scroll_direction: oneOf(["up", "down", "left", "right"], "For scroll."),
        scroll_amount: whole("For scroll: how many steps of the wheel."),
        duration: { type: "number", description: "For wait and hold_key: how long, in seconds." },
      }),
      ...(canZoom && { region: numbers(4, "For zoom: left, top, right and bottom in pixels.") }),
    }, ["action"]),
  };
}

/**
 * What is known of a tool that Anthropic defines and the client runs.
 *
 * @param tool The tool as the request has it.
 * @returns Undefined for all others: those that Anthropic's servers run (`web_search_20250305`, `code_execution_…`), and
 *   whole sets of tools (`computer_toolset_…`, `browser_toolset_…`), whose calls need a field that chat answers lack.
 */
export function clientTool(tool: JsonObject): ToolDefinition | undefined {
  const [, kind, date] =
    /^(bash|text_editor|memory|computer)_(\d{8})$/.exec(typeof tool.type === "string" ? tool.type : "") ?? [];
  switch (kind) {
    case "bash":
      return BASH;
    case "text_editor":
      return textEditor(Number(date));
    case "memory":
      return MEMORY;
    case "computer":
      return computer(Number(date), tool);
    default:
      return undefined;
  }
}
