/** Wraps text in terminal colours, or leaves it as it is. */
export interface Paint {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  cyan(text: string): string;
}

/** A {@link Paint} that colours, or one that only hands the text back. */
export function makePaint(colors: boolean): Paint {
  const style = (on: number, off: number) => (text: string) =>
    colors && text !== "" ? `\x1b[${on}m${text}\x1b[${off}m` : text;
  return {
    bold: style(1, 22),
    dim: style(2, 22),
    red: style(31, 39),
    green: style(32, 39),
    yellow: style(33, 39),
    cyan: style(36, 39),
  };
}

/**
 * Whether to colour what goes to a stream: `NO_COLOR` (any value) turns colours off, `FORCE_COLOR` (`0` and `false`
 * turn them off) and `OLLA_FORCE_COLORS=true` on; else a terminal decides, unless it is a dumb one.
 */
export function wantsColors(env: Readonly<Record<string, string | undefined>>, isTerminal: boolean): boolean {
  if ((env.NO_COLOR ?? "") !== "") return false;
  const forced = env.FORCE_COLOR;
  if (forced !== undefined) return forced !== "0" && forced !== "false";
  if (env.OLLA_FORCE_COLORS === "true") return true;
  return isTerminal && env.TERM !== "dumb";
}
