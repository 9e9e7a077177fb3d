/**
 * LM Studio. Lists follow its REST documentation (`/api/v0`, and `/api/v1` since 0.4); the errors follow the behaviour of
 * its 0.3 and 0.4 servers, which answer an unknown path with 200.
 * @module
 */
import type { JsonObject } from "../../src/models/parsers/fields.ts";
import { json } from "../support/answers.ts";
import type { Answer } from "../support/fake_backend.ts";
import { type Call, type FakeModel, FakeServer, type FakeServerOptions, hasImage } from "./fake_server.ts";
import { nativeMessage, nativeResponse } from "./native_answers.ts";

/** What else an LM Studio may be. */
export interface FakeLmStudioOptions extends FakeServerOptions {
  /** Whether it has `/api/v1`, and `/api/v0`. @default {["v0", "v1"]} */
  readonly apis?: readonly ("v0" | "v1")[];
  /** Loads a model when it is asked for. Without it only loaded models are listed under `/v1/models`. @default {true} */
  readonly justInTime?: boolean;
  /** Whether it has `/v1/messages` and `/v1/responses`, as since 0.4.1. @default {true} */
  readonly dialects?: boolean;
}

/** What a model is loaded with, unless told otherwise. */
const LOADED_CONTEXT = 4096;

/** A fake LM Studio. */
export class FakeLmStudio extends FakeServer {
  readonly type = "lm-studio";
  readonly #apis: readonly string[];
  readonly #justInTime: boolean;
  readonly #dialects: boolean;

  private constructor(options: FakeLmStudioOptions) {
    super(options);
    this.#apis = options.apis ?? ["v0", "v1"];
    this.#justInTime = options.justInTime ?? true;
    this.#dialects = options.dialects ?? true;
  }

  static start(options: FakeLmStudioOptions): Promise<FakeLmStudio> {
    return new FakeLmStudio(options).open();
  }

  protected route(call: Call): Answer | undefined {
    const api = /^\/api\/(v\d)\//.exec(call.path)?.[1];
    if (api !== undefined && !this.#apis.includes(api)) return undefined;
    switch (`${call.method} ${call.path}`) {
      case "GET /api/v0/models":
        return json({ object: "list", data: this.#all().map(v0Entry) });
      case "GET /api/v1/models":
        return json({ models: this.#all().map(v1Entry) });
      case "GET /v1/models":
        return json({ object: "list", data: this.#visible().map(openAiEntry) });
      case "POST /api/v0/chat/completions":
      case "POST /v1/chat/completions":
        return this.#infer(call, false);
      case "POST /api/v0/embeddings":
      case "POST /v1/embeddings":
        return this.#infer(call, true);
      case "POST /v1/messages":
      case "POST /v1/responses":
        return this.#dialects ? this.#infer(call, false) : undefined;
    }
    return undefined;
  }

  protected override notFound(call: Call): Answer {
    return json({ error: `Unexpected endpoint or method. (${call.method} ${call.path})` });
  }

  #all(): FakeModel[] {
    return [...this.models.values()];
  }

  #visible(): FakeModel[] {
    return this.#justInTime ? this.#all() : this.#all().filter((model) => model.loaded);
  }

  #infer(call: Call, embeddings: boolean): Answer {
    const model = this.models.get(call.model ?? "");
    if (model === undefined) {
      const known = this.#all().map(({ name }) => name).join(", ");
      const message =
        `Invalid model identifier "${call.model}". Please specify a valid downloaded model (e.g. ${known}).`;
      return refusal(400, message, "model_not_found");
    }
    if (!model.loaded && !this.#justInTime) {
      const message = "No models loaded. Please load a model in the developer page or use the `lms load` command.";
      return refusal(404, message, "model_not_found");
    }
    if (model.embeddings !== embeddings) {
      return refusal(400, embeddings ? "Model is not embedding" : "Model is not llm", null);
    }
    if (hasImage(call.body) && !model.vision) {
      return json({ error: "Model does not support images. Please use a model that does." }, { status: 400 });
    }
    this.wake(call, model);
    if (call.path === "/v1/messages") return nativeMessage(call, this.name);
    if (call.path === "/v1/responses") return nativeResponse(call, this.name);
    return embeddings ? this.embeddings(call, model.name) : this.chat(call, model.name);
  }
}

function refusal(status: number, message: string, code: string | null): Answer {
  return json({ error: { message, type: "invalid_request_error", param: "model", code } }, { status });
}

function v0Entry(model: FakeModel): JsonObject {
  return {
    id: model.name,
    object: "model",
    type: model.embeddings ? "embeddings" : model.vision ? "vlm" : "llm",
    publisher: "lmstudio-community",
    arch: model.family,
    compatibility_type: "gguf",
    quantization: model.quantization,
    state: model.loaded ? "loaded" : "not-loaded",
    max_context_length: model.contextLength,
    ...(model.loaded ? { loaded_context_length: Math.min(LOADED_CONTEXT, model.contextLength) } : {}),
    ...(model.tools ? { capabilities: ["tool_use"] } : {}),
    ...model.more,
  };
}

function v1Entry(model: FakeModel): JsonObject {
  const config = { context_length: Math.min(LOADED_CONTEXT, model.contextLength), flash_attention: false };
  const capabilities = {
    vision: model.vision,
    trained_for_tool_use: model.tools,
    ...(model.reasoning ? { reasoning: { allowed_options: ["off", "on"], default: "on" } } : {}),
  };
  return {
    type: model.embeddings ? "embedding" : "llm",
    publisher: "lmstudio-community",
    key: model.name,
    display_name: model.name,
    architecture: model.family,
    quantization: { name: model.quantization, bits_per_weight: 4 },
    size_bytes: model.sizeBytes,
    params_string: model.parameterSize,
    loaded_instances: model.loaded ? [{ id: model.name, config }] : [],
    max_context_length: model.contextLength,
    format: "gguf",
    ...(model.embeddings ? {} : { capabilities }),
    description: null,
    ...model.more,
  };
}

function openAiEntry({ name }: FakeModel): JsonObject {
  return { id: name, object: "model", owned_by: "organization_owner" };
}
