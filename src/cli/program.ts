import process from "node:process";
import { programArgs, runtimeName } from "../runtime.ts";
import type { Invocation, ServeFlags, ValidateFlags } from "./arguments.ts";
import { parsePlainArguments } from "./plain_arguments.ts";

/**
 * Runs the command line of this process and sets its exit code. What a command needs is loaded when it runs, so that
 * `--version` and `--help` are quick.
 */
export async function runProgram(): Promise<void> {
  const invocation = await readInvocation();
  switch (invocation.kind) {
    case "print":
      (invocation.exitCode === 0 ? process.stdout : process.stderr).write(invocation.text);
      process.exitCode = invocation.exitCode;
      return;
    case "version":
      return await printVersion();
    case "validate":
      return await validate(invocation.flags);
    case "serve":
      return await runGateway(invocation.flags);
  }
}

async function readInvocation(): Promise<Invocation> {
  if (process.env.OLLA_SHOW_VERSION === "true") return { kind: "version" };
  const flags = parsePlainArguments(programArgs);
  if (flags !== undefined) return { kind: "serve", flags };
  const { parseArguments } = await import("./arguments.ts");
  return parseArguments(programArgs);
}

async function printVersion(): Promise<void> {
  const [{ formatVersion }, { BUILD_DATE, COMMIT, VERSION }] = await Promise.all([
    import("./version.ts"),
    import("../version.ts"),
  ]);
  const { platform, arch } = process;
  process.stdout.write(
    formatVersion({ version: VERSION, commit: COMMIT, buildDate: BUILD_DATE, runtime: runtimeName, platform, arch }),
  );
}

async function validate(flags: ValidateFlags): Promise<void> {
  const [{ isSurveyUseful, validationReport }, { loadSettings }] = await Promise.all([
    import("./validate.ts"),
    import("./settings.ts"),
  ]);
  const settings = loadSettings(flags, { cwd: process.cwd(), env: process.env });
  const { text, exitCode } = validationReport(settings);
  process.stdout.write(text);
  process.exitCode = exitCode;
  if (flags.offline !== true && isSurveyUseful(settings)) {
    const { reportSurvey } = await import("./validate_models.ts");
    process.stdout.write(await reportSurvey(settings));
  }
}

async function runGateway(flags: ServeFlags): Promise<never> {
  const { serve } = await import("./serve.ts");
  // Not the exit code alone: closed servers leave handles behind that would keep the process for a while.
  process.exit(await serve(flags));
}
