import { parseArgs } from "node:util";

/** Everything that the benchmark can measure, in the order in which it does. */
export const SCENARIOS = [
  "start",
  "idle",
  "streams",
  "first-token",
  "cancel",
  "translated",
  "c1",
  "c64",
  "60kb",
  "3mb",
  "catalogue",
  "soak",
] as const;
export type ScenarioName = (typeof SCENARIOS)[number];

/** Everything that can be measured; "nginx" and "go-olla" only where they are installed. */
export const TARGETS = ["direct", "floor", "olla", "nginx", "go-olla"] as const;
export type TargetName = (typeof TARGETS)[number];

/** Which olla runs. */
export type OllaChoice = { readonly kind: "built" } | { readonly kind: "source" } | {
  readonly kind: "binary";
  readonly path: string;
};

/** What the command line comes to. */
export interface BenchOptions {
  readonly scenarios: readonly ScenarioName[];
  readonly targets: readonly TargetName[];
  readonly rounds: number;
  /** Length of one measured slice. */
  readonly seconds: number;
  /** Streams open at once in the `streams` scenario. */
  readonly streams: number;
  readonly olla: OllaChoice;
  /** Writes the tables into docs/performance.md. */
  readonly docs: boolean;
  /** True for a run with nothing left out, whose result may be kept as the latest. */
  readonly complete: boolean;
}

/** Result of {@link parseOptions}. */
export type ParsedOptions =
  | { readonly kind: "run"; readonly options: BenchOptions }
  | { readonly kind: "help" }
  | { readonly kind: "invalid"; readonly message: string };

export const USAGE = `Usage: bun run bench [options]

  --only LIST       scenarios, of: ${SCENARIOS.join(", ")} (default: all but soak)
  --targets LIST    targets, of: ${TARGETS.join(", ")} (default: all that are installed)
  --rounds N        rounds of each scenario (default 13)
  --seconds S       length of one measured slice (default 0.5)
  --streams N       streams at once in the streams scenario (default 1000)
  --quick           2 rounds of 0.3 s: about 100 s in all, for a look
  --binary PATH     measures this olla binary
  --source          measures "bun src/main.ts" instead of a binary
  --docs            writes the tables into docs/performance.md
  --help

Without --binary or --source, dist/olla is measured, and built first when it is missing or older than its sources.
OLLA_GO names a Go olla to compare with (default: "olla-go" on the PATH).
`;

class OptionError extends Error {}

/** Reads the command line; says what is wrong with it instead of throwing. */
export function parseOptions(args: readonly string[]): ParsedOptions {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        only: { type: "string" },
        targets: { type: "string" },
        rounds: { type: "string" },
        seconds: { type: "string" },
        streams: { type: "string", default: "1000" },
        quick: { type: "boolean", default: false },
        binary: { type: "string" },
        source: { type: "boolean", default: false },
        docs: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    if (values.help) return { kind: "help" };
    if (values.binary !== undefined && values.source) throw new OptionError("Give --binary or --source, not both");
    const narrowed = [values.only, values.targets, values.rounds, values.seconds].some((value) => value !== undefined);
    const options: BenchOptions = {
      scenarios: values.only === undefined
        ? SCENARIOS.filter((name) => name !== "soak")
        : listOf("only", values.only, SCENARIOS),
      targets: values.targets === undefined ? TARGETS : listOf("targets", values.targets, TARGETS),
      rounds: integer("rounds", values.rounds ?? (values.quick ? "2" : "13"), 100),
      seconds: positive("seconds", values.seconds ?? (values.quick ? "0.3" : "0.5"), 60),
      streams: integer("streams", values.streams, 10_000),
      olla: ollaChoice(values.binary, values.source),
      docs: values.docs,
      complete: !narrowed && !values.quick && values.streams === "1000",
    };
    return { kind: "run", options };
  } catch (error) {
    return { kind: "invalid", message: error instanceof Error ? error.message : String(error) };
  }
}

function ollaChoice(binary: string | undefined, source: boolean): OllaChoice {
  if (binary !== undefined) return { kind: "binary", path: binary };
  return source ? { kind: "source" } : { kind: "built" };
}

function listOf<Name extends string>(option: string, text: string, known: readonly Name[]): readonly Name[] {
  const asked = text.split(",").map((name) => name.trim()).filter((name) => name !== "");
  for (const name of asked) {
    if (!known.some((one) => one === name)) {
      throw new OptionError(`--${option} knows no "${name}"; it knows ${known.join(", ")}`);
    }
  }
  const found = known.filter((name) => asked.includes(name));
  if (found.length === 0) throw new OptionError(`--${option} needs at least one of ${known.join(", ")}`);
  return found;
}

function positive(option: string, text: string, most: number): number {
  const value = Number(text);
  if (text.trim() === "" || !(value > 0 && value <= most)) {
    throw new OptionError(`--${option} must be a number over 0, at most ${most}, received "${text}"`);
  }
  return value;
}

function integer(option: string, text: string, most: number): number {
  const value = positive(option, text, most);
  if (!Number.isInteger(value)) throw new OptionError(`--${option} must be a whole number, received "${text}"`);
  return value;
}
