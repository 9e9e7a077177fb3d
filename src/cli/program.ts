import process from "node:process";
import { programArgs, runtimeName } from "../runtime.ts";
import { type Invocation, parseArguments, type ServeFlags, type ValidateFlags } from "./arguments.ts";

/**
 * Runs the command line of this process and sets its exit code. What a command needs is loaded when it runs, so that
 * `--version` and `--help` are quick.
 */
export async function runProgram(): Promise<void> {
  const invocation: Invocation = process.env.OLLA_SHOW_VERSION === "true"
    ? { kind: "version" }
    : parseArguments(programArgs);
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
  const [{ validationReport }, { loadSettings }] = await Promise.all([
    import("./validate.ts"),
    import("./settings.ts"),
  ]);
  const { text, exitCode } = validationReport(loadSettings(flags, { cwd: process.cwd(), env: process.env }));
  process.stdout.write(text);
  process.exitCode = exitCode;
}

async function runGateway(flags: ServeFlags): Promise<never> {
  // A new start, if there must be one, comes before everything large is loaded.
  const { ensureLaunched, HEADER_ROOM_BYTES } = await import("./launch.ts");
  ensureLaunched(HEADER_ROOM_BYTES);
  const { serve } = await import("./serve.ts");
  // Not the exit code alone: closed servers leave handles behind that would keep the process for a while.
  process.exit(await serve(flags));
}
