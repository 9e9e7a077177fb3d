import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { makeStopper } from "./stop_signals.ts";

function setUp(close: () => Promise<void>) {
  const abort = mock.fn();
  const onStopping = mock.fn();
  return { abort, onStopping, stopper: makeStopper({ close, abort, onStopping }) };
}

test("the first signal closes, and a graceful end is exit code 0", async () => {
  const { abort, onStopping, stopper } = setUp(() => Promise.resolve());
  stopper.stop("SIGTERM");
  assert.equal(await stopper.stopped, 0);
  assert.deepEqual(onStopping.mock.calls.map((call) => call.arguments), [["SIGTERM"]]);
  assert.equal(abort.mock.callCount(), 0);
});

test("a second signal ends at once, while streams still run, with exit code 1", async () => {
  const { abort, onStopping, stopper } = setUp(() => new Promise(() => {}));
  stopper.stop("SIGINT");
  stopper.stop("SIGINT");
  assert.equal(await stopper.stopped, 1);
  assert.equal(abort.mock.callCount(), 1);
  assert.equal(onStopping.mock.callCount(), 1);
});

test("a close that fails is exit code 1", async () => {
  const { stopper } = setUp(() => Promise.reject(new Error("no")));
  stopper.stop("SIGTERM");
  assert.equal(await stopper.stopped, 1);
});
