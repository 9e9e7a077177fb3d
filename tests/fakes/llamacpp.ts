/**
 * llama.cpp's `llama-server`, for one model or as a router of several. Follows its source (`tools/server` in the
 * llama.cpp that the Python package `llama-cpp-python` 0.3.36 carries): `server-context.cpp` for one model,
 * `server-models.cpp` for the router, `server-common.cpp` for the errors.
 * @module
 */
import type { JsonObject } from "../../src/models/parsers/fields.ts";
import { json } from "../support/answers.ts";
import type { Answer } from "../support/fake_backend.ts";
import { type Call, type FakeModel, FakeServer, type FakeServerOptions, hasImage, hasTools } from "./fake_server.ts";
import { nativeCount, nativeMessage, nativeResponse } from "./native_answers.ts";

const ERROR_TYPES: Readonly<Record<number, string>> = {
  400: "invalid_request_error",
  404: "not_found_error",
  500: "server_error",
  501: "not_supported_error",
  503: "unavailable_error",
};

/** What else a llama-server may be. */
export interface FakeLlamaOptions extends FakeServerOptions {
  /** From 4847 on it has `/v1/messages` and `/v1/responses`. @default {7000} */
  readonly build?: number;
}

/** The first build with the paths of other dialects, as olla's profile has it. */
const DIALECTS_SINCE = 4847;

/** What both kinds answer alike. */
abstract class LlamaServer extends FakeServer {
  readonly type = "llamacpp";
  /** While it is true, every request is refused with 503, as when the program has just started. */
  loading = false;
  /** The number of its build. */
  protected readonly build: number;

  protected constructor(options: FakeLlamaOptions) {
    super(options);
    this.build = options.build ?? 7000;
  }

  protected route(call: Call): Answer | undefined {
    if (this.loading) return refusal(503, "Loading model");
    const dialect = this.build >= DIALECTS_SINCE && call.method === "POST" ? DIALECTS[call.path] : undefined;
    if (dialect !== undefined) return this.infer(call, dialect);
    const path = call.path.replace(/^\/v1(?=\/)/, "");
    switch (`${call.method} ${path}`) {
      case "GET /health":
        return ok({ status: "ok" });
      case "GET /models":
        return ok(this.list());
      case "GET /props":
        return this.props(call);
      case "GET /slots":
        return this.slots(call);
      case "POST /chat/completions":
        return this.infer(call, "chat");
      case "POST /completions":
        return this.infer(call, "completion");
      case "POST /embeddings":
        return this.infer(call, "embeddings");
    }
    return undefined;
  }

  protected override notFound(): Answer {
    return refusal(404, "File Not Found");
  }

  /** The answer to `/v1/models`. */
  protected abstract list(): JsonObject;
  protected abstract props(call: Call): Answer;
  protected abstract slots(call: Call): Answer;
  protected abstract infer(call: Call, task: Task): Answer;

  /** What the server of one model says; a `tools` of false stands for one that was started with `--no-jinja`. */
  protected ask(call: Call, task: Task, model: FakeModel): Answer {
    if (task === "count_tokens") return nativeCount();
    this.wake(call, model);
    const asked = call.model ?? model.name;
    if (task === "embeddings") {
      if (model.embeddings) return this.embeddings(call, asked);
      return refusal(501, "This server does not support embeddings. Start it with `--embeddings`");
    }
    if (task === "completion") return this.completion(asked);
    if (hasTools(call.body) && !model.tools) return refusal(500, "tools param requires --jinja flag");
    if (hasImage(call.body) && !model.vision) {
      const hint = "hint: if this is unexpected, you may need to provide the mmproj";
      return refusal(500, `image input is not supported - ${hint}`);
    }
    if (task === "messages") return nativeMessage(call, this.name);
    return task === "responses" ? nativeResponse(call, this.name) : this.chat(call, asked);
  }
}

type Task = "chat" | "completion" | "embeddings" | "messages" | "count_tokens" | "responses";

/** The paths of other dialects than its own. */
const DIALECTS: Readonly<Partial<Record<string, Task>>> = {
  "/v1/messages": "messages",
  "/v1/messages/count_tokens": "count_tokens",
  "/v1/responses": "responses",
};

/**
 * A fake llama-server with one model: the first of its models, which is loaded from the start. `setLoaded(name, false)`
 * puts it to sleep, as `--sleep-idle-seconds` does; its list does not tell.
 */
export class FakeLlamaCpp extends LlamaServer {
  private constructor(options: FakeLlamaOptions) {
    super(options);
  }

  static start(options: FakeLlamaOptions): Promise<FakeLlamaCpp> {
    const server = new FakeLlamaCpp(options);
    for (const model of server.models.values()) model.loaded = true;
    return server.open();
  }

  get #model(): FakeModel {
    const [model] = this.models.values();
    if (model === undefined) throw new Error(`The fake llama-server "${this.name}" needs a model`);
    return model;
  }

  protected list(): JsonObject {
    const { name, vision } = this.#model;
    const details = { parent_model: "", format: "gguf", family: "", families: [""], parameter_size: "" };
    const twin = {
      name,
      model: name,
      modified_at: "",
      size: "",
      digest: "",
      type: "model",
      description: "",
      tags: [""],
      capabilities: vision ? ["completion", "multimodal"] : ["completion"],
      parameters: "",
      details: { ...details, quantization_level: "" },
    };
    return { models: [twin], object: "list", data: [{ ...entryOf(this.#model), ...this.#model.more }] };
  }

  protected props(): Answer {
    const { name, vision, contextLength, loaded } = this.#model;
    return ok({
      default_generation_settings: { params: {}, n_ctx: contextLength },
      total_slots: 4,
      model_alias: name,
      model_path: `/models/${name}.gguf`,
      modalities: { vision, video: false, audio: false },
      chat_template: "{{ messages }}",
      build_info: `b${this.build}-abc1234`,
      is_sleeping: !loaded,
    });
  }

  /** Unlike the other questions, this one wakes a server that sleeps. */
  protected slots(): Answer {
    this.load(this.#model);
    return ok([{ id: 0, n_ctx: this.#model.contextLength, is_processing: false }]);
  }

  /** The name in a request does not matter to it. */
  protected infer(call: Call, task: Task): Answer {
    return this.ask(call, task, this.#model);
  }
}

/** A fake llama-server in router mode: several models, each loaded when it is asked for. */
export class FakeLlamaCppRouter extends LlamaServer {
  private constructor(options: FakeLlamaOptions) {
    super(options);
  }

  static start(options: FakeLlamaOptions): Promise<FakeLlamaCppRouter> {
    return new FakeLlamaCppRouter(options).open();
  }

  protected list(): JsonObject {
    return { data: [...this.models.values()].map(routedEntry), object: "list" };
  }

  /** Of the router itself, or with `?model=` of a model, which is loaded for that. */
  protected props(call: Call): Answer {
    if (call.query.has("model")) {
      return this.#ofModel(call, (model) => ({ model_alias: model.name, is_sleeping: false }));
    }
    return ok({
      role: "router",
      max_instances: 4,
      models_autoload: true,
      model_alias: "llama-server",
      model_path: "none",
      default_generation_settings: { params: null, n_ctx: 0 },
      build_info: `b${this.build}-abc1234`,
    });
  }

  protected slots(call: Call): Answer {
    return this.#ofModel(call, ({ contextLength }) => [{ id: 0, n_ctx: contextLength, is_processing: false }]);
  }

  protected infer(call: Call, task: Task): Answer {
    return this.#routed(call, call.model, (model) => this.ask(call, task, model));
  }

  #ofModel(call: Call, read: (model: FakeModel) => unknown): Answer {
    return this.#routed(call, call.query.get("model") ?? undefined, (model) => {
      this.load(model);
      return ok(read(model));
    });
  }

  #routed(call: Call, name: string | undefined, use: (model: FakeModel) => Answer): Answer {
    if (name === undefined || name === "") return refusal(400, "model name is missing from the request");
    const model = this.models.get(name);
    if (model === undefined) return refusal(400, `model '${name}' not found`);
    const autoload = call.query.get("autoload");
    if (!model.loaded && autoload !== null && autoload !== "true" && autoload !== "1") {
      return refusal(400, "model is not loaded");
    }
    return use(model);
  }
}

function ok(value: unknown): Answer {
  return json(value, { headers: { Server: "llama.cpp" } });
}

function refusal(code: number, message: string): Answer {
  return json({ error: { code, message, type: ERROR_TYPES[code] } }, {
    status: code,
    headers: { Server: "llama.cpp" },
  });
}

function identity(model: FakeModel): JsonObject {
  const created = Math.floor(Date.now() / 1000);
  return { id: model.name, aliases: [], tags: [], object: "model", created, owned_by: "llamacpp" };
}

function entryOf(model: FakeModel): JsonObject {
  return {
    ...identity(model),
    meta: {
      vocab_type: 2,
      n_vocab: 128256,
      n_ctx: model.contextLength,
      n_ctx_train: 131072,
      n_embd: 4096,
      n_params: Number.parseFloat(model.parameterSize) * 1e9,
      size: model.sizeBytes,
      ftype: model.quantization.replace(/_([SML])$/, (_, size) => ` - ${SIZES[size]}`),
    },
  };
}

const SIZES: Readonly<Record<string, string>> = { S: "Small", M: "Medium", L: "Large" };

function routedEntry(model: FakeModel): JsonObject {
  const args = ["llama-server", "--model", `/models/${model.name}.gguf`, ...(model.embeddings ? ["--embeddings"] : [])];
  return {
    ...(model.loaded ? entryOf(model) : identity(model)),
    status: { value: model.loaded ? "loaded" : "unloaded", args },
    architecture: { input_modalities: model.vision ? ["text", "image"] : ["text"], output_modalities: ["text"] },
    source: "models_dir",
    can_remove: false,
    ...model.more,
  };
}
