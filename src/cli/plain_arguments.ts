import type { ServeFlags } from "./arguments.ts";

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;

/** How a flag's value is taken over; undefined when it is not surely right. */
const VALUE_FLAGS: Readonly<Record<string, (value: string) => ServeFlags | undefined>> = {
  "-c": (config) => ({ config }),
  "--config": (config) => ({ config }),
  "--profiles": (profiles) => ({ profiles }),
  "--host": (host) => ({ host }),
  "--port": (value) => /^[1-9]\d{0,3}$|^0$|^[1-5]\d{4}$/.test(value) ? { port: Number(value) } : undefined,
  "--log-level": (value) => {
    const logLevel = LOG_LEVELS.find((level) => level === value);
    return logLevel === undefined ? undefined : { logLevel };
  },
};

const SWITCHES: Readonly<Record<string, ServeFlags>> = {
  "--demo": { demo: true },
  "--strict": { strict: true },
};

/**
 * Pure. Reads the command line of a gateway as long as it is beyond doubt: known flags, each with its value apart.
 * Whatever it reads it reads as the full parser does, which a test holds; loading that one takes a tenth of a start.
 * @param args What follows the program's name.
 * @returns Undefined when there is anything else, which may then be right or wrong.
 */
export function parsePlainArguments(args: readonly string[]): ServeFlags | undefined {
  const flags: Writable<ServeFlags> = {};
  const rest = args[0] === "serve" ? args.slice(1) : [...args];
  for (let name = rest.shift(); name !== undefined; name = rest.shift()) {
    const read = Object.hasOwn(SWITCHES, name) ? SWITCHES[name] : readValue(name, rest.shift());
    if (read === undefined) return undefined;
    Object.assign(flags, read);
  }
  return flags;
}

function readValue(name: string, value: string | undefined): ServeFlags | undefined {
  if (value === undefined || value.startsWith("-") || value.trim() === "") return undefined;
  return Object.hasOwn(VALUE_FLAGS, name) ? VALUE_FLAGS[name]?.(value) : undefined;
}
