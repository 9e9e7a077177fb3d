import { CHAT_ANSWER_BYTES } from "../mock_answers.ts";

/** Counts requests and what went wrong with them. */
export class Tally {
  requests = 0;
  errors = 0;
  firstError: string | undefined;

  /** Counts a request whose answer was not as it should be. */
  fail(reason: string): void {
    this.errors += 1;
    this.firstError ??= reason;
  }

  /** Checks a plain chat answer; a proxy that is fast because it answers 502, or half, must not win. */
  checkAnswer(status: number, bodyBytes: number): void {
    if (status !== 200) this.fail(`HTTP ${status}`);
    else if (bodyBytes !== CHAT_ANSWER_BYTES) this.fail(`Body of ${bodyBytes} bytes, sent were ${CHAT_ANSWER_BYTES}`);
  }
}
