import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { ROOT } from "./install.ts";
import { readTestCounts, type TestCounts } from "./test_summary.ts";

/** Folders with tests, besides those in `tests/real` that download and start large programs. */
const FOLDERS = ["src", "tests", "bench", "scripts"];
const REAL = "tests/real";
/** A loaded machine is slow; a test that hangs is still found. */
const TIMEOUT_MS = 30_000;
/** Enough for the counts at the end. */
const KEPT_OUTPUT = 16 * 1024;

function hasTests(folder: string): boolean {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" }).some((name) =>
    name.endsWith("_test.ts")
  );
}

/**
 * Runs the tests and shows their output.
 * @param args Paths, parts of paths, and options of `bun test`; without a path every test runs.
 * @param withReal Whether the tests with real programs run too.
 */
export async function runTests(args: readonly string[], withReal: boolean): Promise<TestCounts> {
  const paths = args.filter((arg) => !arg.startsWith("-"));
  const wanted = paths.length > 0
    ? []
    : ["--only-failures", ...FOLDERS.filter(hasTests).map((folder) => `./${folder}`)];
  const skipReal = withReal || paths.some((path) => path.includes(REAL)) ? [] : [`--path-ignore-patterns=${REAL}/**`];
  const child = spawn(process.execPath, ["test", `--timeout=${TIMEOUT_MS}`, ...skipReal, ...wanted, ...args], {
    cwd: ROOT,
    stdio: ["ignore", "inherit", "pipe"],
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
  let output = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    process.stderr.write(text);
    output = (output + text).slice(-KEPT_OUTPUT);
  });
  const exitCode = await new Promise<number | null>((resolve) => child.on("close", resolve));
  if (skipReal.length > 0 && paths.length === 0) {
    process.stderr.write(`Left out: ${REAL} (a real LiteLLM). OLLA_REQUIRE_REAL=1 or --real runs it too.\n`);
  }
  return readTestCounts(output, exitCode);
}
