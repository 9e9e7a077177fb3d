import { errorBody, OllaError } from "../errors.ts";
import { collect, eventsOf, resultOf } from "../translate/chat/chat_answer.ts";
import { ChatDecoder } from "../translate/chat/chat_decoder.ts";
import { AnswerError, malformed } from "../translate/chat/chat_ending.ts";
import { embeddingsOf } from "../translate/chat/embeddings_answer.ts";
import { upstreamError } from "../translate/chat/upstream_error.ts";
import type { AnswerWriter, TranslatedAnswer } from "../translate/translator.ts";
import { startOf } from "./answer_body.ts";
import type { UpstreamAnswer } from "./attempt.ts";
import type { ProxyRequest } from "./proxy_request.ts";
import type { StreamTranslation } from "./pump.ts";
import { beginsWithError, framingOf } from "./stream_end.ts";
import type { Translation } from "./translation.ts";

/** A backend broke off while its answer was collected. */
export class BrokenBody extends Error {
  override readonly name = "BrokenBody";
}

/** What answers are written with. */
export interface TranslationDeps {
  /** Epoch ms that never jump back. */
  readonly now: () => number;
  /** `newId("msg_")`: a new random id. */
  readonly newId: (prefix: string) => string;
}

/** A translated answer that is not streamed and longer than this is refused: it has to be held in memory. */
const MAX_WHOLE_BYTES = 64 * 1024 * 1024;

/** A writer for one answer. */
export function writerOf(request: ProxyRequest, translation: Translation, deps: TranslationDeps): AnswerWriter {
  return translation.translator.writer({
    model: request.model ?? "",
    request: translation.body,
    newId: deps.newId,
    now: deps.now,
    arrivedAt: request.arrivedAt,
  });
}

/**
 * A backend's good answer in the client's dialect, where it is not to be streamed, or has come whole. What is left is a
 * stream to a client that wants one. A "good" answer that says of itself that it is none, or that nobody can read, becomes
 * the 502 that it should have been.
 *
 * @throws When the backend breaks off: another endpoint can still be tried.
 */
export async function translateWhole(answer: UpstreamAnswer, given: TranslateOptions): Promise<UpstreamAnswer> {
  const { body } = answer;
  if (answer.status >= 300) return failureOf(answer, `The backend answers with the redirect ${answer.status}`);
  if (given.translation.translated.stream && body.kind === "stream") {
    if (!beginsWithError(startOf(body), "openai")) return answer;
    void body.reader.cancel().catch(() => {}); // what may follow an error is of no use
    return errorIn(answer, body.first, given.deps);
  }
  try {
    const bytes = await wholeBody(answer, given.onWaiting);
    return rewritten(answer, bytes, given);
  } catch (error) {
    if (error instanceof AnswerError) return failureOf(answer, error.message, statusIn(error));
    throw error;
  }
}

interface TranslateOptions {
  readonly request: ProxyRequest;
  readonly translation: Translation;
  readonly deps: TranslationDeps;
  /** Called when the backend is waited for, and with false when it has sent something. */
  readonly onWaiting: (waiting: boolean) => void;
}

function rewritten(
  answer: UpstreamAnswer,
  bytes: Uint8Array,
  { request, translation, deps }: TranslateOptions,
): UpstreamAnswer {
  const { stream, target } = translation.translated;
  const writer = writerOf(request, translation, deps);
  if (target === "embeddings") {
    return answerOf(
      answer,
      JSON.stringify(writer.whole({ kind: "embeddings", ...embeddingsOf(parse(bytes)) })),
      JSON_TYPE,
    );
  }
  const result = framingOf(answer.headers.get("content-type")) === "sse" || looksLikeSse(bytes)
    ? collect(eventsIn(bytes, deps))
    : resultOf(parse(bytes), { newId: deps.newId });
  if (!stream) {
    const whole: TranslatedAnswer = { kind: "chat", result };
    return answerOf(answer, JSON.stringify(writer.whole(whole)), JSON_TYPE);
  }
  const text = eventsOf(result).map((event) => writer.event(event)).join("") + writer.end();
  return answerOf(answer, text, translation.translator.streamType);
}

const JSON_TYPE = "application/json";

/** An answer whose status promised more than it holds. */
function failureOf(answer: UpstreamAnswer, message: string, status = 502): UpstreamAnswer {
  return { ...answerOf(answer, JSON.stringify({ error: { message } }), JSON_TYPE), status };
}

/** The error that a stream begins with, as far as it has come. */
function errorIn(answer: UpstreamAnswer, first: readonly Uint8Array[], { newId }: TranslationDeps): UpstreamAnswer {
  const decoder = new ChatDecoder({ newId });
  for (const chunk of first) decoder.push(chunk);
  const { ending } = decoder;
  if (ending?.kind !== "error") return failureOf(answer, "The backend failed before its answer began");
  return failureOf(answer, ending.error.message, statusOf(ending.error.code));
}

function statusIn({ broken }: AnswerError): number | undefined {
  return broken.kind === "error" ? statusOf(broken.error.code) : undefined;
}

/** The HTTP status that an error inside of a 200 names, as many servers do. */
function statusOf(code: string | undefined): number | undefined {
  return code !== undefined && /^[45]\d\d$/.test(code) ? Number(code) : undefined;
}

/** A backend's error in the client's dialect, with its status. */
export function translateError(answer: UpstreamAnswer, request: ProxyRequest): UpstreamAnswer {
  const { message } = upstreamError(answer.status, startOf(answer.body));
  const code = answer.status < 500 ? "invalid_request" : "upstream_error";
  const error = new OllaError(code, message, { status: answer.status });
  return answerOf(answer, errorBody(request.dialect, error, request.requestId), JSON_TYPE);
}

/** Turns a backend's stream into the client's dialect. */
export function streamTranslation(writer: AnswerWriter, deps: TranslationDeps): StreamTranslation {
  const decoder = new ChatDecoder({ newId: deps.newId });
  let fault: string | undefined;
  const written = (events: ReturnType<ChatDecoder["push"]>): string => {
    let text = "";
    for (const event of events) text += writer.event(event);
    const { ending } = decoder;
    if (ending?.kind === "error") fault = ending.error.message;
    else if (ending?.kind === "malformed") fault = ending.message;
    else if (ending?.kind === "cut") fault = "";
    return text;
  };
  return {
    push: (chunk) => written(decoder.push(chunk)),
    end: () => {
      const text = decoder.ending === undefined ? written(decoder.end()) : "";
      return fault === undefined ? text + writer.end() : text;
    },
    get isComplete() {
      return decoder.ending?.kind === "clean";
    },
    get fault() {
      return fault;
    },
  };
}

/** All of a body. @throws When it breaks off, or is too long. */
async function wholeBody({ body }: UpstreamAnswer, onWaiting: (waiting: boolean) => void): Promise<Uint8Array> {
  if (body.kind === "none") return new Uint8Array(0);
  if (body.kind === "whole") return body.bytes;
  const chunks = [...body.first];
  let size = chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);
  while (true) {
    onWaiting(true);
    const { done, value } = await body.reader.read().catch((cause: unknown) => {
      throw new BrokenBody("The backend broke off in the middle of its answer", { cause });
    });
    onWaiting(false);
    if (done || value === undefined) return Buffer.concat(chunks);
    chunks.push(value);
    size += value.byteLength;
    if (size > MAX_WHOLE_BYTES) throw malformed(`The backend's answer is longer than ${MAX_WHOLE_BYTES} bytes`);
  }
}

/** @throws {AnswerError} */
function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw malformed(
      bytes.byteLength === 0 ? "The backend's answer is empty" : "The backend's answer is not valid JSON",
    );
  }
}

function looksLikeSse(bytes: Uint8Array): boolean {
  return /^\s*(?:data|event|id|retry)?:/.test(new TextDecoder().decode(bytes.subarray(0, 64)));
}

function eventsIn(bytes: Uint8Array, { newId }: TranslationDeps) {
  const decoder = new ChatDecoder({ newId });
  const events = [...decoder.push(bytes), ...decoder.end()];
  const { ending } = decoder;
  if (ending?.kind === "clean") return events;
  if (ending?.kind === "error" || ending?.kind === "malformed") throw new AnswerError(ending);
  throw new TypeError("The stream broke off");
}

/** The same answer with another body, which is ours: of a known length, uncompressed. */
function answerOf({ status, headers }: UpstreamAnswer, text: string, type: string): UpstreamAnswer {
  const own = new Headers(headers);
  for (const name of ["content-encoding", "content-length", "etag", "content-md5", "digest"]) own.delete(name);
  own.set("content-type", type);
  return { status, headers: own, body: { kind: "whole", bytes: new TextEncoder().encode(text) } };
}
