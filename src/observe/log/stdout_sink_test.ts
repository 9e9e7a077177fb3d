import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { type StdoutFile, stdoutSink } from "./stdout_sink.ts";

type Answer = { error?: string; written?: number };

/** A file that answers each write as told and keeps what it took. */
function scriptedFile(answers: Answer[]): StdoutFile & { text: string } {
  const decoder = new TextDecoder();
  return {
    text: "",
    write(bytes, done) {
      const { error, written = bytes.length } = answers.shift() ?? {};
      if (error !== undefined) return done({ code: error }, 0);
      this.text += decoder.decode(bytes.subarray(0, written));
      done(null, written);
    },
    writeNow(bytes) {
      const { error, written = bytes.length } = answers.shift() ?? {};
      if (error !== undefined) throw Object.assign(new Error(error), { code: error });
      this.text += decoder.decode(bytes.subarray(0, written));
      return written;
    },
  };
}

test("a write that took only part of the text goes on with the rest", () => {
  const file = scriptedFile([{ written: 3 }, { written: 2 }, {}]);
  const done = mock.fn();
  stdoutSink(file).write("abcdefgh", done);
  assert.equal(file.text, "abcdefgh");
  assert.equal(done.mock.callCount(), 1);
});

test("a full non-blocking pipe is tried again later", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    const file = scriptedFile([{ error: "EAGAIN" }, {}]);
    const done = mock.fn();
    stdoutSink(file).write("abc", done);
    assert.equal(done.mock.callCount(), 0);
    mock.timers.tick(20);
    assert.equal(file.text, "abc");
    assert.equal(done.mock.callCount(), 1);
  } finally {
    mock.timers.reset();
  }
});

for (const error of ["EPIPE", "ENOSPC"]) {
  test(`what cannot be written (${error}) is dropped, nothing fails, and the next batch is tried again`, () => {
    const file = scriptedFile([{ error }, {}]);
    const sink = stdoutSink(file);
    const done = mock.fn();
    sink.write("a", done);
    sink.write("b", done);
    assert.equal(done.mock.callCount(), 2);
    assert.equal(file.text, "b");
  });
}

test("the last lines are written whole before it returns, or given up", () => {
  const file = scriptedFile([{ written: 1 }, {}]);
  stdoutSink(file).writeNow("abc");
  assert.equal(file.text, "abc");
  assert.doesNotThrow(() => stdoutSink(scriptedFile([{ error: "EAGAIN" }])).writeNow("abc"));
});
