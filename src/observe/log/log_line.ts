import type { LogFields } from "../../lib/logger.ts";
import type { Paint } from "../../lib/paint.ts";

/** The levels, least important first. */
export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;

/** How important a line is. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** One line of the log, before it is written as text. */
export interface LogEntry {
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly level: LogLevel;
  readonly message: string;
  readonly fields?: LogFields | undefined;
}

/** Names that each line has by itself. */
const RESERVED = new Set(["timestamp", "level", "message"]);

function plainValue(value: unknown): unknown {
  if (value instanceof Error) {
    const code = (value as { code?: unknown }).code;
    return typeof code === "string" && !value.message.includes(code) ? `${value.message} (${code})` : value.message;
  }
  return typeof value === "bigint" ? String(value) : value;
}

/** A line as one JSON object, with its line break. Fields without a value are left out. Never throws. */
export function jsonLine(entry: LogEntry): string {
  const line: Record<string, unknown> = {
    timestamp: new Date(entry.time).toISOString(),
    level: entry.level,
    message: entry.message,
  };
  for (const [name, value] of Object.entries(entry.fields ?? {})) {
    line[RESERVED.has(name) ? `field_${name}` : name] = plainValue(value);
  }
  try {
    return `${JSON.stringify(line)}\n`;
  } catch {
    // A value that refers to itself: the line matters more than the value.
    const { timestamp, level, message } = line;
    return `${JSON.stringify({ timestamp, level, message, fields: "not shown: they refer to themselves" })}\n`;
  }
}

/** `15:04:05.123`, in the zone of the machine. */
export function clockTime(time: number): string {
  const date = new Date(time);
  const two = (part: number) => String(part).padStart(2, "0");
  const seconds = `${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, "0")}`;
  return `${two(date.getHours())}:${two(date.getMinutes())}:${seconds}`;
}

/** Text of the network's side for a terminal: control characters could move its cursor or forge a line. */
// deno-lint-ignore no-control-regex
const UNSAFE = /[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;
/** Those of them that JSON leaves as they are. */
const UNSAFE_IN_JSON = /[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** A text as it is, or in quotes and escaped where a terminal or a reader could take it for something else. */
export function safeText(text: string): string {
  if (text !== "" && !UNSAFE.test(text)) return text;
  return JSON.stringify(text).replace(
    UNSAFE_IN_JSON,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function fieldText(value: unknown): string {
  const plain = plainValue(value);
  if (typeof plain === "string") return /[\s"=]/.test(plain) ? safeText(JSON.stringify(plain)) : safeText(plain);
  try {
    return safeText(JSON.stringify(plain) ?? String(plain));
  } catch {
    return "(refers to itself)";
  }
}

/** The level as a word of five letters in its colour. */
export function levelWord(level: LogLevel, paint: Paint): string {
  if (level === "error") return paint.red("ERROR");
  if (level === "warn") return paint.yellow("WARN ");
  return level === "info" ? paint.green("INFO ") : paint.dim("DEBUG");
}

/** A line for people: time, level, message, `name=value` pairs; with its line break. Never throws. */
export function textLine(entry: LogEntry, paint: Paint): string {
  let line = `${paint.dim(clockTime(entry.time))} ${levelWord(entry.level, paint)} ${safeText(entry.message)}`;
  for (const [name, value] of Object.entries(entry.fields ?? {})) {
    if (value !== undefined) line += ` ${paint.dim(`${name}=`)}${fieldText(value)}`;
  }
  return `${line}\n`;
}
