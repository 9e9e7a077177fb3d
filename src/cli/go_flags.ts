import { closestNames } from "../lib/closest.ts";

/**
 * Flags as the Go program takes them: one dash before a long name (`-config x`, `-version`, `-port=1`) becomes two, also
 * before one that is nearly a long name, so that the refusal can name the right one. Everything else stays as it is.
 * @param longNames Known names without dashes.
 */
export function withTwoDashes(args: readonly string[], longNames: ReadonlySet<string>): string[] {
  const end = args.indexOf("--");
  return args.map((arg, index) => {
    if (end !== -1 && index >= end) return arg;
    const name = /^-([a-z][a-z-]+)(?:=.*)?$/s.exec(arg)?.[1];
    return name !== undefined && closestNames(name, longNames).length > 0 ? `-${arg}` : arg;
  });
}
