import { write, writeSync } from "node:fs";
import type { LineSink } from "./line_writer.ts";

const STDOUT = 1;
/** A reader that set the pipe to non-blocking and is slow gets another try after this time. */
const RETRY_MS = 20;

/** The file operations that {@link stdoutSink} needs. */
export interface StdoutFile {
  write(bytes: Uint8Array, done: (error: { code?: string } | null, written: number) => void): void;
  writeNow(bytes: Uint8Array): number;
}

const realStdout: StdoutFile = {
  write: (bytes, done) => write(STDOUT, bytes, (error, written) => done(error, written)),
  writeNow: (bytes) => writeSync(STDOUT, bytes),
};

/**
 * Standard output as a sink, written by a thread of the runtime: a stalled reader stalls no request, and the pipe's
 * mode, which other programs may share, stays as it is. What cannot be written (the reader has gone, the disk is full) is
 * dropped silently.
 */
export function stdoutSink(file: StdoutFile = realStdout): LineSink {
  const encoder = new TextEncoder();

  function writeAll(bytes: Uint8Array, done: () => void): void {
    file.write(bytes, (error, written) => {
      if (error?.code === "EAGAIN") {
        setTimeout(writeAll, RETRY_MS, bytes, done);
      } else if (error === null && written < bytes.length) {
        writeAll(bytes.subarray(written), done);
      } else {
        done();
      }
    });
  }

  return {
    write: (text, done) => writeAll(encoder.encode(text), done),
    writeNow(text) {
      let bytes = encoder.encode(text);
      try {
        while (bytes.length > 0) bytes = bytes.subarray(file.writeNow(bytes));
      } catch {
        // The reader has gone, or is full at the end of the process: nothing more can be done.
      }
    },
  };
}
