/** Counts of a test run. */
export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

function lastCount(output: string, word: string): number {
  return Number([...output.matchAll(new RegExp(`^ *(\\d+) ${word}$`, "gm"))].at(-1)?.[1] ?? 0);
}

/**
 * Reads the counts at the end of what `bun test` prints. A run that ended badly without a failed test (a crash, no test
 * found) counts as one failure.
 * @param exitCode Null when a signal ended the run.
 */
export function readTestCounts(output: string, exitCode: number | null): TestCounts {
  // deno-lint-ignore no-control-regex
  const plain = output.replace(/\x1b\[[\d;]*m/g, "");
  const ended = /^Ran \d+ tests? across \d+ files?\./m.test(plain);
  const counts = {
    passed: ended ? lastCount(plain, "pass") : 0,
    failed: ended ? lastCount(plain, "fail") : 0,
    skipped: ended ? lastCount(plain, "skip") : 0,
  };
  return exitCode !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

/** The last line of a run: `12 passed, 0 failed`. */
export function formatTestCounts({ passed, failed, skipped }: TestCounts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}
