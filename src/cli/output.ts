import process from "node:process";
import type { Config } from "../config/schema.ts";
import { realTimers } from "../lib/clock.ts";
import type { Logger } from "../lib/logger.ts";
import { makePaint, type Paint, wantsColors } from "../lib/paint.ts";
import { type AccessRecord, makeAccessLog } from "../observe/log/access_log.ts";
import { type LineWriter, makeLineWriter } from "../observe/log/line_writer.ts";
import { makeLogger } from "../observe/log/logger.ts";
import { stdoutSink } from "../observe/log/stdout_sink.ts";

/** Where a running olla speaks. */
export interface Output {
  readonly logger: Logger;
  /** Absent when the config turns the access log off. */
  readonly onRequest: ((record: AccessRecord) => void) | undefined;
  readonly writer: LineWriter;
  /** Shows a part of the banner; undefined where JSON lines must stay alone, and the log tells the same. */
  readonly showBanner: ((text: string) => void) | undefined;
  /** For the banner. */
  readonly paint: Paint;
}

/**
 * Makes the log on standard output, as the config says; `auto` is text on a terminal and JSON elsewhere. The banner goes
 * to standard error, unless logs are JSON and nobody reads standard error on a terminal: there it would only stand
 * between the JSON lines.
 */
export function makeOutput(config: Config): Output {
  const { level } = config.logging;
  const isTerminal = process.stdout.isTTY === true;
  const format = config.logging.format === "auto" ? isTerminal ? "text" : "json" : config.logging.format;
  const paint = makePaint(wantsColors(process.env, isTerminal));
  const writer: LineWriter = makeLineWriter({
    sink: stdoutSink(),
    timers: realTimers,
    droppedNotice(lines) {
      const own: string[] = [];
      makeLogger({ writer: { write: (line) => own.push(line) }, level: "warn", format, paint, now: Date.now })
        .warn("The log's reader was too slow: lines were left out", { lines });
      return own.join("");
    },
  });
  const common = { writer, level, format, paint } as const;
  const errIsTerminal = process.stderr.isTTY === true;
  return {
    logger: makeLogger({ ...common, now: Date.now }),
    onRequest: config.server.request_logging ? makeAccessLog(common) : undefined,
    writer,
    showBanner: format === "text" || errIsTerminal ? (text) => void process.stderr.write(text) : undefined,
    paint: makePaint(wantsColors(process.env, errIsTerminal)),
  };
}
