/**
 * Lemonade Server. Lists, labels and recipes follow the types of the Python packages `lemonade-python-sdk` 1.0.10 and
 * `occfg` 0.1.0, which read them; health and errors follow its server documentation.
 * @module
 */
import type { JsonObject } from "../../src/models/parsers/fields.ts";
import { bytes, json } from "../support/answers.ts";
import type { Answer } from "../support/fake_backend.ts";
import { type Call, type FakeModel, type FakeServerOptions } from "./fake_server.ts";
import { FakeOpenAiServer } from "./openai_server.ts";

/**
 * A fake Lemonade. `more: { downloaded: false }` is a model that it could fetch: only `?show_all=true` lists it. One chat
 * model and one embedding model are in memory at a time.
 */
export class FakeLemonade extends FakeOpenAiServer {
  readonly type = "lemonade";
  /** Requests that made it fetch a model that is not on its disk. */
  downloads = 0;
  #lastUsed = "";

  private constructor(options: FakeServerOptions) {
    super(options);
  }

  static start(options: FakeServerOptions): Promise<FakeLemonade> {
    return new FakeLemonade(options).open();
  }

  protected override roots(): readonly string[] {
    return ["/api/v1", "/api/v0", "/v1", "/v0"];
  }

  protected own(call: Call): Answer | undefined {
    switch (`${call.method} ${call.path}`) {
      case "GET /api/v1/health":
      case "GET /v1/health":
      case "GET /api/v0/health":
        return json(this.#health());
      case "GET /api/v1/live":
      case "GET /live":
        return json({ status: "ok" });
      // It speaks Ollama's API beside its own.
      case "GET /":
        return bytes("Ollama is running", { headers: { "Content-Type": "text/plain" } });
      case "GET /api/version":
        return json({ version: "0.16.1" });
      case "GET /api/tags":
        return json({ models: this.listed(call.query).map(({ name }) => ({ name, model: name, details: {} })) });
    }
    return undefined;
  }

  protected override listed(query: URLSearchParams): FakeModel[] {
    const all = [...this.models.values()];
    return query.get("show_all") === "true" ? all : all.filter((model) => model.more.downloaded !== false);
  }

  protected entry(model: FakeModel): JsonObject {
    const { embeddings, vision, reasoning, tools } = model;
    return {
      id: model.name,
      object: "model",
      created: 1744173590,
      owned_by: "lemonade",
      checkpoint: `unsloth/${model.name}-GGUF:${model.quantization}`,
      recipe: "llamacpp",
      size: model.sizeBytes / 1e9,
      downloaded: true,
      suggested: true,
      labels: Object.entries({ embeddings, vision, reasoning, "tool-calling": tools })
        .filter(([, has]) => has)
        .map(([label]) => label),
      max_context_window: model.contextLength,
      recipe_options: {},
      ...model.more,
    };
  }

  protected override load(model: FakeModel): void {
    if (model.more.downloaded === false) this.downloads++;
    for (const other of this.models.values()) {
      if (other !== model && other.embeddings === model.embeddings) other.loaded = false;
    }
    this.#lastUsed = model.name;
    super.load(model);
  }

  protected unknownModel(call: Call): Answer {
    return this.refusal(404, `Model '${call.model}' was not found`);
  }

  protected refusal(status: number, message: string): Answer {
    const type = status === 404 ? "model_not_found" : "invalid_request_error";
    return json({ error: { message, type, param: null, code: type } }, { status });
  }

  #health(): JsonObject {
    const loaded = [...this.models.values()].filter((model) => model.loaded);
    const latest = loaded.find(({ name }) => name === this.#lastUsed) ?? loaded.at(-1);
    return {
      status: "ok",
      version: "9.1.0",
      model_loaded: latest?.name ?? null,
      all_models_loaded: loaded.map((model) => ({
        model_name: model.name,
        checkpoint: this.entry(model).checkpoint,
        last_use: 1732123456.789,
        type: model.embeddings ? "embedding" : "llm",
        device: "gpu",
        recipe: this.entry(model).recipe,
        recipe_options: {},
        backend_url: "http://127.0.0.1:8001/v1",
      })),
      max_models: { llm: 1, embedding: 1, reranking: 1, audio: 1, image: 1 },
      websocket_port: 9000,
    };
  }
}
