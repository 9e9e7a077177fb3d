/**
 * oMLX. Follows the source of `omlx/server.py` and `omlx/engine_pool.py` as the Python package `flyto-mlx` 0.7.0, which is
 * built on it, ships them, and the fields that the package `llm-omlx` 0.1.0 reads.
 * @module
 */
import type { JsonObject } from "../../src/models/parsers/fields.ts";
import { json } from "../support/answers.ts";
import type { Answer } from "../support/fake_backend.ts";
import { type Call, type FakeModel, type FakeServerOptions } from "./fake_server.ts";
import { createdNow, FakeOpenAiServer, type Operation } from "./openai_server.ts";

/** A fake oMLX. */
export class FakeOmlx extends FakeOpenAiServer {
  readonly type = "omlx";

  private constructor(options: FakeServerOptions) {
    super(options);
  }

  static start(options: FakeServerOptions): Promise<FakeOmlx> {
    return new FakeOmlx(options).open();
  }

  protected own(call: Call): Answer | undefined {
    const models = this.listed(call.query);
    const loaded = models.filter((model) => model.loaded);
    const memory = loaded.reduce((sum, model) => sum + model.sizeBytes, 0);
    const counts = { model_count: models.length, loaded_count: loaded.length, current_model_memory: memory };
    switch (`${call.method} ${call.path}`) {
      case "GET /health": {
        const pool = { ...counts, final_ceiling: 64e9 };
        return json({ status: "healthy", default_model: models[0]?.name ?? null, engine_pool: pool, mcp: null });
      }
      case "GET /v1/models/status":
        return json({ ...counts, final_ceiling: 64e9, models: models.map(status) });
    }
    return undefined;
  }

  protected entry(model: FakeModel): JsonObject {
    const model_type = typeOf(model);
    return { id: model.name, object: "model", created: createdNow(), owned_by: "omlx", model_type, ...model.more };
  }

  protected override lack(model: FakeModel, operation: Operation): string | undefined {
    if (operation === "embeddings" && !model.embeddings) {
      return `Model '${model.name}' is not an embedding model. Use /v1/chat/completions for LLM models.`;
    }
    return operation !== "embeddings" && model.embeddings ? `Model '${model.name}' is not an LLM` : undefined;
  }

  protected unknownModel(call: Call): Answer {
    const names = this.listed(call.query).map(({ name }) => name).join(", ");
    return this.refusal(404, `Model '${call.model}' not found. Available models: ${names || "(none)"}`);
  }

  protected refusal(status: number, message: string): Answer {
    const type = status === 404 ? "not_found_error" : "invalid_request_error";
    return json({ error: { message, type, param: null, code: null } }, { status });
  }
}

function typeOf(model: FakeModel): string {
  return model.embeddings ? "embedding" : model.vision ? "vlm" : "llm";
}

function status(model: FakeModel): JsonObject {
  const type = typeOf(model);
  return {
    id: model.name,
    model_path: `/models/${model.name}`,
    loaded: model.loaded,
    is_loading: false,
    estimated_size: model.sizeBytes,
    pinned: false,
    engine_type: type === "llm" ? "batched" : type,
    model_type: type,
    config_model_type: model.family,
    last_access: null,
    max_context_window: model.contextLength,
    max_tokens: 32768,
    ...model.more,
  };
}
