/**
 * SGLang. Follows the source of version 0.5.23: `sglang/srt/entrypoints/http_server.py`, `openai/protocol.py`,
 * `openai/serving_base.py` and `ollama/serving.py`. It serves one model, whatever name a request gives it.
 * @module
 */
import type { JsonObject } from "../../src/models/parsers/fields.ts";
import { bytes, json } from "../support/answers.ts";
import type { Answer } from "../support/fake_backend.ts";
import { type Call, type FakeModel, type FakeServerOptions } from "./fake_server.ts";
import { createdNow, FakeResidentServer, type Operation } from "./openai_server.ts";

/** A fake SGLang. The first model is the one it serves; further ones are adapters of it. */
export class FakeSglang extends FakeResidentServer {
  readonly type = "sglang";

  private constructor(options: FakeServerOptions) {
    super(options);
  }

  static start(options: FakeServerOptions): Promise<FakeSglang> {
    return new FakeSglang(options).open();
  }

  protected own(call: Call): Answer | undefined {
    const base = this.#base();
    switch (`${call.method} ${call.path}`) {
      case "GET /":
      case "HEAD /":
        return json("SGLang is running");
      case "GET /health":
      case "GET /health_generate":
        // The model generates a token for it.
        if (base !== undefined) this.wake(call, base);
        return bytes("");
      case "GET /ready":
        return bytes("");
      case "GET /model_info":
      case "GET /get_model_info":
        return json(modelInfo(base));
      case "GET /server_info":
      case "GET /get_server_info":
        return json({ ...modelInfo(base), startup_time: 12.5, internal_states: [], version: "0.5.23" });
      case "GET /api/tags":
        return json({ models: base === undefined ? [] : [tag(base)] });
    }
    return undefined;
  }

  protected entry(model: FakeModel): JsonObject {
    const base = this.#base();
    const adapter = base !== undefined && model !== base;
    return {
      id: model.name,
      object: "model",
      created: createdNow(),
      owned_by: "sglang",
      root: adapter ? `/adapters/${model.name}` : model.name,
      parent: adapter ? base.name : null,
      max_model_len: adapter ? null : model.contextLength,
      ...model.more,
    };
  }

  protected override find(name: string): FakeModel | undefined {
    return this.models.get(name) ?? this.#base();
  }

  protected override lack(model: FakeModel, operation: Operation): string | undefined {
    if (operation !== "embeddings" || model.embeddings) return undefined;
    return "This model does not appear to be an embedding model by default. " +
      "Please add `--is-embedding` when launching the server or try another model.";
  }

  protected unknownModel(): Answer {
    return this.refusal(503, "The server is starting.");
  }

  protected refusal(status: number, message: string): Answer {
    return json({ object: "error", message, type: "BadRequestError", param: null, code: status }, { status });
  }

  #base(): FakeModel | undefined {
    return this.models.values().next().value;
  }
}

function modelInfo(model: FakeModel | undefined): JsonObject {
  return {
    model_path: model?.name ?? "",
    served_model_name: model?.name ?? "",
    tokenizer_path: model?.name ?? "",
    is_generation: model?.embeddings !== true,
    preferred_sampling_params: null,
    weight_version: "default",
    load_format: "auto",
    reasoning_parser: model?.reasoning ? "qwen3" : null,
    tool_call_parser: model?.tools ? "qwen25" : null,
    disaggregation_mode: "null",
    has_image_understanding: model?.vision === true,
    has_audio_understanding: false,
    model_type: model?.family ?? null,
    architectures: null,
  };
}

function tag({ name }: FakeModel): JsonObject {
  const digest = `sha256:sglang${"0".repeat(58)}`;
  const details = { format: "sglang", family: name, parameter_size: "unknown" };
  return { name, model: name, modified_at: "2026-01-01T00:00:00Z", size: 0, digest, details };
}
