import { OllaError } from "../errors.ts";
import type { Candidate } from "../routing/candidate.ts";
import { MESSAGES, MESSAGES_TRANSLATED, type Operation } from "../routing/operation.ts";
import type { JsonObject } from "../translate/chat/chat_request.ts";
import { withoutFields } from "./rejected_fields.ts";
import type { TranslatorUse } from "./request_record.ts";
import type { TranslatedRequest, Translator } from "../translate/translator.ts";

/** What turns a request into another dialect, for the endpoints that do not speak the client's. */
export class Translation {
  readonly operation: Operation;
  readonly translator: Translator;
  /** Under what `/internal/stats/translators` counts it. */
  readonly name: string;
  readonly #bytes: Uint8Array;
  #body: JsonObject | undefined;
  #translated: TranslatedRequest | undefined;

  /** @param bytes The client's body; parsed only when an endpoint needs it. */
  constructor(
    { operation, translator, name }: Pick<Translation, "operation" | "translator" | "name">,
    bytes: Uint8Array,
  ) {
    this.operation = operation;
    this.translator = translator;
    this.name = name;
    this.#bytes = bytes;
  }

  /** How a candidate serves the request, for the record. */
  useOf({ state, way }: Candidate): TranslatorUse {
    const { name } = this;
    if (way?.kind !== "translated") return { name, mode: "passthrough", fallbackReason: undefined };
    if (this.operation === MESSAGES_TRANSLATED) return { name, mode: "translation", fallbackReason: undefined };
    const couldBe = state.missing.has(this.operation.name) ||
      (this.operation === MESSAGES && state.profile?.anthropic !== undefined);
    return { name, mode: "translation", fallbackReason: couldBe ? "cannot_passthrough" : "no_compatible_endpoints" };
  }

  /** The client's request. @throws {OllaError} `invalid_json` */
  get body(): JsonObject {
    return this.#body ??= parsed(this.#bytes);
  }

  /** The same in OpenAI's dialect. @throws {OllaError} `invalid_json`, `invalid_request` */
  get translated(): TranslatedRequest {
    return this.#translated ??= this.translator.request(this.body);
  }

  /**
   * The request for an endpoint that calls the model so.
   *
   * @param without Fields that the endpoint refuses.
   */
  requestFor(model: string, without: ReadonlySet<string>): JsonObject {
    const { body, stream, target } = this.translated;
    const streaming = stream && target !== "embeddings";
    // Without `include_usage` most servers count no tokens in a stream.
    const more = streaming ? { stream: true, stream_options: { include_usage: true } } : {};
    return withoutFields({ ...body, model, ...more }, without);
  }
}

function parsed(bytes: Uint8Array): JsonObject {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as JsonObject;
  } catch (error) {
    throw new OllaError("invalid_json", `The request body is not valid JSON: ${reasonOf(error)}`);
  }
  throw new OllaError("invalid_json", "The request body must be a JSON object");
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message.replace(/^JSON Parse error: /, "") : String(error);
}
