import assert from "node:assert/strict";
import { test } from "node:test";
import { ResponseParser } from "./http_response.ts";
import {
  CHAT_ANSWER,
  CHAT_ANSWER_BYTES,
  MODELS_ANSWER,
  NOT_FOUND_ANSWER,
  sentTimes,
  STREAM_END,
  STREAM_HEAD,
  streamEvent,
} from "./mock_answers.ts";

test("the canned answers are complete HTTP with the status they promise", () => {
  const cases: readonly [Buffer, number][] = [[CHAT_ANSWER, 200], [MODELS_ANSWER, 200], [NOT_FOUND_ANSWER, 404]];
  for (const [bytes, status] of cases) {
    const parser = new ResponseParser();
    assert.equal(parser.push(bytes), true);
    assert.equal(parser.status, status);
  }
});

test("the chat answer is about 400 bytes long, as its constant says", () => {
  const parser = new ResponseParser();
  parser.push(CHAT_ANSWER);
  assert.equal(parser.bodyBytes, CHAT_ANSWER_BYTES);
  assert.ok(CHAT_ANSWER_BYTES > 350 && CHAT_ANSWER_BYTES < 450, `${CHAT_ANSWER_BYTES} bytes`);
});

test("a streamed answer can be read, and its timestamps come back", () => {
  let text = "";
  const parser = new ResponseParser({ onBody: (bytes) => void (text += Buffer.from(bytes).toString()) });
  const stream = STREAM_HEAD + streamEvent(1_700_000_000_123.25) + streamEvent(1_700_000_000_223.5) + STREAM_END;
  assert.equal(parser.push(Buffer.from(stream)), true);
  assert.deepEqual(sentTimes(text), [1_700_000_000_123.25, 1_700_000_000_223.5]);
  assert.ok(text.endsWith("data: [DONE]\n\n"));
});
