import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { basePath, modelName } from "./catalogue_models.ts";
import { ResponseParser } from "./http_response.ts";
import {
  CatalogueAnswers,
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
  assert.deepEqual(sentTimes(text, "chat"), [1_700_000_000_123.25, 1_700_000_000_223.5]);
  assert.deepEqual(sentTimes(text, "messages"), []);
  assert.ok(text.endsWith("data: [DONE]\n\n"));
});

test("timestamps come back from a translated stream, and only from its text", () => {
  const event = (type: string, text: string) =>
    `event: ${type}\ndata: {"type":"${type}","index":0,"delta":{"type":"text_delta","text":"${text}"}}\n\n`;
  const stream = event("content_block_delta", " 1700000000123.250") + event("other", " 1700000000223.500") +
    event("content_block_delta", " word") + event("content_block_delta", " 1700000000323.750");
  assert.deepEqual(sentTimes(stream, "messages"), [1_700_000_000_123.25, 1_700_000_000_323.75]);
  assert.deepEqual(sentTimes(stream, "chat"), []);
});

/** Status and body of a canned answer. */
function read(answer: Buffer | undefined): { status: number; body: string } {
  assert.ok(answer !== undefined);
  let body = "";
  const parser = new ResponseParser({ onBody: (bytes) => void (body += Buffer.from(bytes).toString()) });
  assert.equal(parser.push(answer), true);
  return { status: parser.status, body };
}

describe("CatalogueAnswers", () => {
  const base = basePath({ endpoint: 7, models: 2 });
  const ids = (answers: CatalogueAnswers): string[] =>
    JSON.parse(read(answers.answer(`${base}/v1/models`)).body).data.map((model: { id: string }) => model.id);

  test("plays a healthy server with as many models as its path says", () => {
    const answers = new CatalogueAnswers();
    assert.deepEqual(read(answers.answer(`${base}/health`)), { status: 200, body: "" });
    assert.deepEqual(ids(answers), [modelName(7, 0), modelName(7, 1)]);
  });

  test("lists a model more when told so, on that server only", () => {
    const answers = new CatalogueAnswers();
    assert.equal(ids(answers).length, 2);
    answers.setExtra(8, 1);
    assert.equal(ids(answers).length, 2);
    answers.setExtra(7, 1);
    assert.deepEqual(ids(answers), [modelName(7, 0), modelName(7, 1), modelName(7, 2)]);
  });

  test("leaves all other paths to others", () => {
    for (const path of ["/v1/models", "/health", `${base}/v1/completions`]) {
      assert.equal(new CatalogueAnswers().answer(path), undefined);
    }
  });
});
