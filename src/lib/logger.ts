/** Values that may stand beside a log message. Never put a secret or a prompt into one. */
export type LogFields = Readonly<Record<string, unknown>>;

/** What parts of the program log through. `debug` is absent when that level is off, so a line is not even built. */
export interface Logger {
  readonly debug?: (message: string, fields?: LogFields) => void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** A logger that drops everything; the default of tests. */
export const silentLogger: Logger = { info() {}, warn() {}, error() {} };
