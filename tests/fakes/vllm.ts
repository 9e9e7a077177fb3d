/**
 * vLLM. Follows the source of version 0.33.0: `vllm/entrypoints/openai/models/serving.py`, `serve/engine/protocol.py` and
 * `serve/instrumentator/`; the refusals are those of its OpenAI-style handlers.
 * @module
 */
import type { JsonObject } from "../../src/models/parsers/fields.ts";
import { bytes, json } from "../support/answers.ts";
import type { Answer } from "../support/fake_backend.ts";
import { isAtLeast } from "../../src/lib/version_order.ts";
import { type Call, type FakeModel, type FakeServerOptions } from "./fake_server.ts";
import { nativeMessage, nativeResponse } from "./native_answers.ts";
import { createdNow, FakeResidentServer } from "./openai_server.ts";

/** What else a vLLM may be. */
export interface FakeVllmOptions extends FakeServerOptions {
  /** From 0.10.0 on it has `/v1/responses`, and from 0.11.1 on `/v1/messages`. @default {"0.33.0"} */
  readonly version?: string;
}

/**
 * A fake vLLM. A LoRA adapter is a model with `more: { parent: "base", max_model_len: null }`; `more: { root: "org/weights" }`
 * is a model that is served under another name than that of its weights.
 */
export class FakeVllm extends FakeResidentServer {
  readonly type = "vllm";

  readonly #version: string;

  private constructor(options: FakeVllmOptions) {
    super(options);
    this.#version = options.version ?? "0.33.0";
  }

  static start(options: FakeVllmOptions): Promise<FakeVllm> {
    return new FakeVllm(options).open();
  }

  protected own(call: Call): Answer | undefined {
    switch (`${call.method} ${call.path}`) {
      case "GET /health":
      case "GET /ping":
        return bytes("");
      case "GET /version":
        return json({ version: this.#version });
      case "POST /v1/messages":
        return this.#native(call, "0.11.1", nativeMessage);
      case "POST /v1/responses":
        return this.#native(call, "0.10.0", nativeResponse);
    }
    return undefined;
  }

  /** What it has had since a version. */
  #native(call: Call, since: string, answer: (call: Call, server: string) => Answer): Answer | undefined {
    if (!isAtLeast(this.#version, since)) return undefined;
    const model = this.find(call.model ?? "");
    if (model === undefined) return this.unknownModel(call);
    this.wake(call, model);
    return answer(call, this.name);
  }

  protected entry(model: FakeModel): JsonObject {
    const created = createdNow();
    const permission = {
      id: "modelperm-1",
      object: "model_permission",
      created,
      allow_create_engine: false,
      allow_sampling: true,
      allow_logprobs: true,
      allow_search_indices: false,
      allow_view: true,
      allow_fine_tuning: false,
      organization: "*",
      group: null,
      is_blocking: false,
    };
    return {
      id: model.name,
      object: "model",
      created,
      owned_by: "vllm",
      root: model.name,
      parent: null,
      max_model_len: model.contextLength,
      permission: [permission],
      ...model.more,
    };
  }

  protected unknownModel(call: Call): Answer {
    return this.#error(404, `The model \`${call.model}\` does not exist.`, "NotFoundError", "model");
  }

  protected refusal(status: number, message: string): Answer {
    return this.#error(status, message, "BadRequestError", null);
  }

  #error(code: number, message: string, type: string, param: string | null): Answer {
    return json({ error: { message, type, param, code } }, { status: code });
  }
}
