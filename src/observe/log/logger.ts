import type { LogFields, Logger } from "../../lib/logger.ts";
import type { Paint } from "../../lib/paint.ts";
import type { LineWriter } from "./line_writer.ts";
import { jsonLine, LOG_LEVELS, type LogEntry, type LogLevel, textLine } from "./log_line.ts";

/** What {@link makeLogger} writes, and where to. */
export interface LoggerOptions {
  readonly writer: Pick<LineWriter, "write">;
  /** Lines below it are not written. */
  readonly level: LogLevel;
  readonly format: "json" | "text";
  /** Colours of the text format. */
  readonly paint: Paint;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Whether lines of `level` are written when `lowest` is the least important level that is. */
export function isLogged(level: LogLevel, lowest: LogLevel): boolean {
  return LOG_LEVELS.indexOf(level) >= LOG_LEVELS.indexOf(lowest);
}

/** The program's {@link Logger}: JSON lines or readable text. Its `debug` is absent unless that level is on. */
export function makeLogger(options: LoggerOptions): Logger {
  const { writer, level: lowest, format, paint, now } = options;
  const render = format === "json" ? jsonLine : (entry: LogEntry) => textLine(entry, paint);
  const at = (level: LogLevel) =>
    isLogged(level, lowest)
      ? (message: string, fields?: LogFields) => writer.write(render({ time: now(), level, message, fields }))
      : () => {};
  const logger = { info: at("info"), warn: at("warn"), error: at("error") };
  return lowest === "debug" ? { ...logger, debug: at("debug") } : logger;
}
