/**
 * `bun run test [PATH…] [--real] [options of bun test]`: runs the tests and ends with `N passed, N failed`.
 * @module
 */
import process from "node:process";
import { install } from "./install.ts";
import { runTests } from "./run_tests.ts";
import { formatTestCounts } from "./test_summary.ts";

install();
const args = process.argv.slice(2);
const withReal = args.includes("--real") || process.env.OLLA_REQUIRE_REAL === "1";
const counts = await runTests(args.filter((arg) => arg !== "--real"), withReal);
process.stdout.write(`${formatTestCounts(counts)}\n`);
process.exitCode = counts.failed === 0 ? 0 : 1;
