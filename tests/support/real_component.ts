import assert from "node:assert/strict";
import { test } from "node:test";
import process from "node:process";

/**
 * Says in one line why a suite with a real program cannot run on this machine. With `OLLA_REQUIRE_REAL=1` (as in CI)
 * that is a failure, so that no suite can vanish unseen.
 *
 * @param suite Which tests, as "The LiteLLM tests".
 * @param reason What is missing and how to get it.
 */
export function cannotRun(suite: string, reason: string): void {
  if (process.env["OLLA_REQUIRE_REAL"] === "1") {
    test(`${suite} can run here`, () => assert.fail(reason));
    return;
  }
  process.stderr.write(`SKIPPED: ${suite}: ${reason}\n`);
  test(`${suite} run with the real program`, { skip: reason }, () => {});
}
