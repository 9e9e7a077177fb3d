import assert from "node:assert/strict";
import { test } from "node:test";
import { formatTestCounts, readTestCounts, type TestCounts } from "./test_summary.ts";

const GOOD = "a_test.ts:\n(pass) a 3 fail\n\n 12 pass\n 1 skip\n 0 fail\nRan 13 tests across 2 files. [34.00ms]\n";
const BAD = "(fail) x\n\n 1 pass\n 3 fail\n 2 errors\nRan 4 tests across 3 files. [34.00ms]\n";

const cases: [name: string, output: string, exitCode: number | null, expected: TestCounts][] = [
  ["a good run", GOOD, 0, { passed: 12, failed: 0, skipped: 1 }],
  ["a run with failures", BAD, 1, { passed: 1, failed: 3, skipped: 0 }],
  ["colours do not matter", GOOD.replace(" 12 pass", "\x1b[32m 12 pass\x1b[0m"), 0, {
    passed: 12,
    failed: 0,
    skipped: 1,
  }],
  ["one file and one test", " 1 pass\n 0 fail\nRan 1 test across 1 file. [3.00ms]\n", 0, {
    passed: 1,
    failed: 0,
    skipped: 0,
  }],
  ["a crash before the end is a failure", "(pass) a\n 5 pass\n", null, { passed: 0, failed: 1, skipped: 0 }],
  ["no test found is a failure", "No tests found!\n", 1, { passed: 0, failed: 1, skipped: 0 }],
  ["a bad exit code after good counts is a failure", GOOD, 1, { passed: 12, failed: 1, skipped: 1 }],
];
for (const [name, output, exitCode, expected] of cases) {
  test(name, () => assert.deepEqual(readTestCounts(output, exitCode), expected));
}

test("the last line names what was skipped only when something was", () => {
  assert.equal(formatTestCounts({ passed: 2, failed: 0, skipped: 0 }), "2 passed, 0 failed");
  assert.equal(formatTestCounts({ passed: 2, failed: 1, skipped: 3 }), "2 passed, 1 failed, 3 skipped");
});
