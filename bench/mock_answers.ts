import { modelListText, readBasePath } from "./catalogue_models.ts";
import type { StreamDialect } from "./messages.ts";
import { BENCH_MODEL } from "./payload.ts";

const CREATED = 1_700_000_000;

function response(status: string, contentType: string, body: string): Buffer {
  const head = `HTTP/1.1 ${status}\r\nContent-Type: ${contentType}\r\nContent-Length: ${
    Buffer.byteLength(body)
  }\r\n\r\n`;
  return Buffer.from(head + body);
}

const CHAT_BODY = JSON.stringify({
  id: "chatcmpl-bench",
  object: "chat.completion",
  created: CREATED,
  model: BENCH_MODEL,
  choices: [{
    index: 0,
    message: {
      role: "assistant",
      content: "The quick brown fox jumps over the lazy dog, as it always does in examples.",
    },
    logprobs: null,
    finish_reason: "stop",
  }],
  usage: { prompt_tokens: 42, completion_tokens: 17, total_tokens: 59 },
  system_fingerprint: "fp_bench",
});

/** Length of the body of {@link CHAT_ANSWER}; what a client must receive. */
export const CHAT_ANSWER_BYTES = Buffer.byteLength(CHAT_BODY);
/** A whole chat completion of about 400 bytes, head included. */
export const CHAT_ANSWER: Buffer = response("200 OK", "application/json", CHAT_BODY);
/** `GET /v1/models`, which health checks and discovery ask for. */
export const MODELS_ANSWER: Buffer = response(
  "200 OK",
  "application/json",
  JSON.stringify({ object: "list", data: [{ id: BENCH_MODEL, object: "model", created: CREATED, owned_by: "bench" }] }),
);
/** `GET /health` of the servers of {@link CatalogueAnswers}. */
const HEALTHY_ANSWER = response("200 OK", "text/plain", "");
/** Any other path. */
export const NOT_FOUND_ANSWER: Buffer = response(
  "404 Not Found",
  "application/json",
  JSON.stringify({ error: { message: "No such path here", type: "invalid_request_error" } }),
);
/** Head of a streamed answer. */
export const STREAM_HEAD =
  "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-cache\r\nTransfer-Encoding: chunked\r\n\r\n";
/** Last event and end of a streamed answer. */
export const STREAM_END: string = `${chunk("data: [DONE]\n\n")}0\r\n\r\n`;

/**
 * One streamed event in its chunk framing. What the model says in it is the moment of sending (epoch milliseconds): that
 * is what every dialect keeps.
 */
export function streamEvent(sentAt: number): string {
  return chunk(
    `data: {"id":"chatcmpl-bench","object":"chat.completion.chunk","created":${CREATED},"model":"${BENCH_MODEL}",` +
      `"choices":[{"index":0,"delta":{"content":" ${sentAt.toFixed(3)}"},"finish_reason":null}]}\n\n`,
  );
}

/** What an event's text looks like to a client of the dialect: an event of another one must not count. */
const SENT_TIMES: Readonly<Record<StreamDialect, RegExp>> = {
  chat: /"delta":{"content":" (\d+\.\d{3})"}/g,
  messages: /^event: content_block_delta\ndata: .*{"type":"text_delta","text":" (\d+\.\d{3})"}/gm,
};

/** The moments of sending in a piece of event stream text, of whole events. */
export function sentTimes(text: string, dialect: StreamDialect): number[] {
  return Array.from(text.matchAll(SENT_TIMES[dialect]), (found) => Number(found[1]));
}

function chunk(text: string): string {
  return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
}

/** Plays the many vLLM servers of the `catalogue` scenario. Nothing is made before it is asked for. */
export class CatalogueAnswers {
  readonly #lists = new Map<string, Buffer>();
  readonly #extra = new Map<number, number>();

  /** From now on an endpoint lists so many models more than its path says. */
  setExtra(endpoint: number, models: number): void {
    this.#extra.set(endpoint, models);
    for (const path of this.#lists.keys()) {
      if (readBasePath(path)?.part.endpoint === endpoint) this.#lists.delete(path);
    }
  }

  /** The answer to a GET; `undefined` for a path of none of these servers. */
  answer(path: string): Buffer | undefined {
    const known = this.#lists.get(path);
    if (known !== undefined) return known;
    const found = readBasePath(path);
    if (found?.rest === "/health") return HEALTHY_ANSWER;
    if (found?.rest !== "/v1/models") return undefined;
    const { endpoint, models } = found.part;
    const text = modelListText({ endpoint, models: models + (this.#extra.get(endpoint) ?? 0) });
    const list = response("200 OK", "application/json", text);
    this.#lists.set(path, list);
    return list;
  }
}
