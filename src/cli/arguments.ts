import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { didYouMean } from "../lib/closest.ts";
import { withTwoDashes } from "./go_flags.ts";

/** Flags of `olla serve`; those not given are undefined, and the config file or its defaults decide. */
export interface ServeFlags {
  readonly config?: string;
  readonly host?: string;
  readonly port?: number;
  readonly logLevel?: "debug" | "info" | "warn" | "error";
  readonly demo?: boolean;
  readonly strict?: boolean;
  readonly profiles?: string;
  /** Go's profiler, which is not here. */
  readonly profile?: boolean;
}

/** Flags of `olla validate`. */
export interface ValidateFlags extends Pick<ServeFlags, "config" | "strict" | "profiles"> {
  /** Asks no server for its models. */
  readonly offline?: boolean;
}

/** What the command line asks for. */
export type Invocation =
  | { readonly kind: "serve"; readonly flags: ServeFlags }
  | { readonly kind: "validate"; readonly flags: ValidateFlags }
  | { readonly kind: "version" }
  /** Print something and end: help, or what is wrong with the command line. */
  | { readonly kind: "print"; readonly text: string; readonly exitCode: 0 | 2 };

const EXAMPLES = `
Examples:
  olla                               find the LLM servers on this machine and serve them on port 40114
  olla --demo                        try it with two simulated servers
  olla -c olla.yaml                  serve the endpoints of a config file
  olla --host 0.0.0.0 --port 8080    listen on every address, on another port
  olla validate -c olla.yaml         check a config file; nothing is started
  olla validate --offline            the same, without asking the servers for their models

Without -c, the file named by OLLA_CONFIG_FILE is used, else the first of config/config.local.yaml,
config/config.yaml, config.yaml, default.yaml and olla.yaml that exists.

Exit codes: 0 stopped as asked, 1 wrong config, no port to listen on, or stopped by a second signal, 2 wrong usage.
`;

const OLDER_FLAG_SPELLINGS = ["version", "validate-config", "help"];

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65535) {
    throw new InvalidArgumentError("It must be a number from 1 to 65535, or 0 for any free port.");
  }
  return port;
}

function parseNonEmpty(text: string): string {
  if (text.trim() === "") throw new InvalidArgumentError("It must not be empty.");
  return text;
}

const OFFLINE = "check the files alone, and ask no server for its models";

function addCommonOptions(command: Command): Command {
  return command
    .addOption(new Option("-c, --config <file>", "config file (YAML)").argParser(parseNonEmpty))
    .addOption(new Option("--profiles <dir>", "folder with further backend profiles").argParser(parseNonEmpty))
    .option("--strict", "treat unknown config keys as errors");
}

function addServeOptions(command: Command): Command {
  return addCommonOptions(command)
    .addOption(
      new Option("--host <host>", "address to listen on; localhost when nothing says otherwise").argParser(
        parseNonEmpty,
      ),
    )
    .addOption(new Option("--port <port>", "port to listen on; 40114 when nothing says otherwise").argParser(parsePort))
    .addOption(
      new Option("--log-level <level>", "least important lines to log").choices(["debug", "info", "warn", "error"]),
    )
    .option("--demo", "run two simulated LLM servers and serve them")
    .addOption(new Option("--profile", "accepted from the Go program; has no effect").hideHelp());
}

/** Flags before or without a command. */
interface RootFlags extends ServeFlags, ValidateFlags {
  readonly version?: boolean;
  readonly validateConfig?: boolean;
}

/** What a run of the parser came to; the actions fill it in. */
interface Outcome {
  invocation?: Invocation;
}

function buildProgram(outcome: Outcome): Command {
  const program = addServeOptions(new Command("olla"))
    .description("One address in front of your LLM servers.")
    .option("--validate-config", "the same as the command validate")
    .addOption(new Option("--offline", OFFLINE).hideHelp())
    .option("--version", "print version, commit, build date and runtime")
    .helpOption("-h, --help", "print this help")
    .addHelpText("after", EXAMPLES)
    .enablePositionalOptions()
    .argument("[command]")
    .action((word: string | undefined, flags: RootFlags) => {
      const { version, validateConfig, offline, ...serveFlags } = flags;
      if (version === true) outcome.invocation = { kind: "version" };
      else if (word === "help") program.help();
      else if (word !== undefined) outcome.invocation = unknownCommand(word);
      else if (validateConfig === true) {
        outcome.invocation = { kind: "validate", flags: withOffline(serveFlags, offline) };
      } else if (offline === true) outcome.invocation = offlineIsNoServeFlag();
      else outcome.invocation = { kind: "serve", flags: serveFlags };
    });
  program.usage("[serve | validate] [options]");
  addServeOptions(program.command("serve")).description("start the gateway (this is what olla does without a command)")
    .action((_flags, command: Command) => {
      const { offline, ...flags } = command.optsWithGlobals<RootFlags>();
      outcome.invocation = offline === true ? offlineIsNoServeFlag() : { kind: "serve", flags };
    });
  addCommonOptions(program.command("validate")).description("check the config file and the profiles, and end")
    .option("--offline", OFFLINE)
    .action((_flags, command: Command) => {
      outcome.invocation = { kind: "validate", flags: command.optsWithGlobals() };
    });
  return program;
}

function withOffline(flags: ServeFlags, offline: boolean | undefined): ValidateFlags {
  return offline === undefined ? flags : { ...flags, offline };
}

function offlineIsNoServeFlag(): Invocation {
  return usageError("--offline is a flag of olla validate");
}

function unknownCommand(word: string): Invocation {
  const nearest = didYouMean(word, ["serve", "validate"]);
  return usageError(`"${word}" is no command of olla${nearest}`);
}

function usageError(message: string): Invocation {
  return { kind: "print", text: `${message}\nolla --help lists the commands and flags.\n`, exitCode: 2 };
}

/**
 * Pure. Reads the command line; what is wrong with it comes back as text, with the nearest flag named.
 * @param args What follows the program's name.
 */
export function parseArguments(args: readonly string[]): Invocation {
  const outcome: Outcome = {};
  const program = buildProgram(outcome);
  let printed = "";
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => printed += text,
      writeErr: (text) => printed += text,
      getOutHelpWidth: () => 100,
      getErrHelpWidth: () => 100,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
  }
  const longNames = program.options.flatMap((option) => option.long === undefined ? [] : [option.long.slice(2)]);
  try {
    program.parse(withTwoDashes(args, new Set([...longNames, ...OLDER_FLAG_SPELLINGS])), { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { kind: "print", text: printed, exitCode: 0 };
    return usageError(error.message.replace(/^error: /, "").replace(/\n\((Did.*)\)$/, ". $1"));
  }
  if (outcome.invocation === undefined) throw new Error("The command line was read, but no command came of it");
  return outcome.invocation;
}
