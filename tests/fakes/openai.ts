/**
 * OpenAI's API, and cloud services that copy it. The list follows the types of the npm package `openai`; what providers
 * add to its entries comes through `more`.
 * @module
 */
import type { JsonObject } from "../../src/models/parsers/fields.ts";
import { json } from "../support/answers.ts";
import type { Answer } from "../support/fake_backend.ts";
import { type Call, type FakeModel, type FakeServerOptions } from "./fake_server.ts";
import { FakeResidentServer } from "./openai_server.ts";

/** What else such a service may have. */
export interface FakeOpenAiOptions extends FakeServerOptions {
  /** The key without which it answers nothing. @default {none needed} */
  readonly key?: string;
}

/** A fake of a service that speaks OpenAI's API. */
export class FakeOpenAi extends FakeResidentServer {
  readonly type = "openai-compatible";
  readonly #key: string | undefined;

  private constructor(options: FakeOpenAiOptions) {
    super(options);
    this.#key = options.key;
  }

  static start(options: FakeOpenAiOptions): Promise<FakeOpenAi> {
    return new FakeOpenAi(options).open();
  }

  protected override route(call: Call): Answer | undefined {
    if (this.#key !== undefined && call.request.header("authorization") !== `Bearer ${this.#key}`) {
      return this.#error(401, "Incorrect API key provided.", "invalid_api_key");
    }
    return super.route(call);
  }

  protected own(): Answer | undefined {
    return undefined;
  }

  protected override notFound(call: Call): Answer {
    return this.#error(404, `Invalid URL (${call.method} ${call.path})`, null);
  }

  protected entry(model: FakeModel): JsonObject {
    return { id: model.name, object: "model", created: 1686935002, owned_by: "system", ...model.more };
  }

  protected unknownModel(call: Call): Answer {
    const message = `The model \`${call.model}\` does not exist or you do not have access to it.`;
    return this.#error(404, message, "model_not_found");
  }

  protected refusal(status: number, message: string): Answer {
    return this.#error(status, message, null);
  }

  #error(status: number, message: string, code: string | null): Answer {
    return json({ error: { message, type: "invalid_request_error", param: null, code } }, { status });
  }
}
