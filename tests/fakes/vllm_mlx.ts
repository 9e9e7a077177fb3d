/**
 * vLLM-MLX. Follows the source of version 0.6.0: `vllm_mlx/server.py`, `api/models.py`, `model_registry.py` and
 * `endpoint_model_policies.py`; with a registry of models, so that the list holds models that are not in memory.
 * @module
 */
import type { JsonObject } from "../../src/models/parsers/fields.ts";
import { json } from "../support/answers.ts";
import type { Answer } from "../support/fake_backend.ts";
import { type Call, type FakeModel, type FakeModelInput, type FakeServerOptions } from "./fake_server.ts";
import { createdNow, FakeOpenAiServer, type Operation } from "./openai_server.ts";

/** A fake vLLM-MLX. A reranker is a model with `more: { owned_by: "vllm-mlx-reranker" }`. */
export class FakeVllmMlx extends FakeOpenAiServer {
  readonly type = "vllm-mlx";

  private constructor(options: FakeServerOptions) {
    super(options);
  }

  static start(options: FakeServerOptions): Promise<FakeVllmMlx> {
    return new FakeVllmMlx(options).open();
  }

  /** An embedding model is in the list because its engine runs. */
  override add(input: FakeModelInput): FakeModel {
    const model = super.add(input);
    if (model.embeddings) model.loaded = true;
    return model;
  }

  protected own(call: Call): Answer | undefined {
    const chats = this.#chats();
    switch (`${call.method} ${call.path}`) {
      case "GET /health":
        return json({
          status: "healthy",
          model_loaded: true,
          model_name: null,
          available_models: chats.map(({ name }) => name),
          model_type: chats.some(({ vision }) => vision) ? "mllm" : "llm",
          engine_type: "unknown",
          mcp: null,
        });
      case "GET /v1/status":
        return json({
          status: "running",
          model_manager: { memory_budget_gb: 64, idle_unload_seconds: 300, models: chats.map(registered) },
          embedding: null,
        });
    }
    return undefined;
  }

  protected entry(model: FakeModel): JsonObject {
    const owned_by = model.embeddings ? "vllm-mlx-embedding" : "vllm-mlx";
    return { id: model.name, object: "model", created: createdNow(), owned_by, ...model.more };
  }

  protected unknownModel(call: Call, operation: Operation): Answer {
    if (operation === "embeddings") return this.refusal(400, `Embedding model '${call.model}' is not available.`);
    const available = this.#chats().map(({ name }) => `\`${name}\``).join(", ");
    return this.refusal(404, `The model \`${call.model}\` does not exist. Available models: ${available}`);
  }

  protected refusal(status: number, message: string): Answer {
    return json({ detail: message }, { status });
  }

  #chats(): FakeModel[] {
    return [...this.models.values()].filter((model) => !model.embeddings);
  }
}

function registered(model: FakeModel): JsonObject {
  return {
    id: model.name,
    status: model.loaded ? "loaded" : "unloaded",
    loaded: model.loaded,
    owned_by: "vllm-mlx",
    source: model.name,
    memory_gb: model.sizeBytes / 2 ** 30,
  };
}
