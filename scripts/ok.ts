/**
 * `bun run ok`: the whole gate. Format, lint, types under Bun, types under Deno, then the tests, which hold the import
 * rules. `--skip-tests` leaves the tests out. Ends with `N passed, N failed`, each step counted as one.
 * @module
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { install, ROOT } from "./install.ts";
import { runTests } from "./run_tests.ts";
import { formatTestCounts } from "./test_summary.ts";

/** `--prefer-offline`: once it is there, no network is needed. */
const DENO = ["npx", "--prefer-offline", "-y", "deno@2.9.6"];
/** What Deno checks and what both runtimes share. The rest is Bun's alone: tests and tools start processes with it. */
const FOR_DENO = ["src/main.ts"];

const STEPS: readonly (readonly [name: string, command: readonly string[]])[] = [
  ["format", [...DENO, "fmt", "--check"]],
  ["lint", [...DENO, "lint", "--quiet"]],
  ["types under Bun", [process.execPath, "node_modules/typescript/bin/tsc", "--noEmit"]],
  ["types under Deno", [...DENO, "check", "--quiet", ...FOR_DENO]],
];

/** Runs one step with its output shown. */
function passes([program = "", ...args]: readonly string[]): boolean {
  // On Windows npx is a script, which only a shell starts; no argument here needs quoting.
  const { status, error } = spawnSync(program, args, {
    cwd: ROOT,
    stdio: ["ignore", "inherit", "inherit"],
    shell: process.platform === "win32",
  });
  if (error !== undefined) process.stderr.write(`${program} cannot be started: ${error.message}\n`);
  return status === 0;
}

install();
let passed = 0;
let failed = 0;
for (const [name, command] of STEPS) {
  const began = performance.now();
  const isGood = passes(command);
  if (isGood) passed++;
  else failed++;
  process.stdout.write(`${isGood ? "ok  " : "FAIL"} ${name} (${((performance.now() - began) / 1000).toFixed(1)} s)\n`);
}
let skipped = 0;
if (!process.argv.includes("--skip-tests") && existsSync(join(ROOT, "tests"))) {
  const counts = await runTests([], process.env.OLLA_REQUIRE_REAL === "1");
  passed += counts.passed;
  failed += counts.failed;
  skipped = counts.skipped;
}
process.stdout.write(`${formatTestCounts({ passed, failed, skipped })}\n`);
process.exitCode = failed === 0 ? 0 : 1;
