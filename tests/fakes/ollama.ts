/**
 * Ollama. Requests and answers follow the types of the npm package `ollama`; the errors, and what its OpenAI-style paths
 * say, follow its server's behaviour in versions 0.12 to 0.14.
 * @module
 */
import type { JsonObject } from "../../src/models/parsers/fields.ts";
import { bytes, json, ndjson } from "../support/answers.ts";
import type { Answer } from "../support/fake_backend.ts";
import { isAtLeast } from "../../src/lib/version_order.ts";
import { type Call, type FakeModel, FakeServer, type FakeServerOptions, hasImage, hasTools } from "./fake_server.ts";
import { nativeMessage, nativeResponse } from "./native_answers.ts";

/** What else an Ollama may be. */
export interface FakeOllamaOptions extends FakeServerOptions {
  /** Whether `/api/tags` says what models can do, as newer versions do; `/api/show` always says it. @default {true} */
  readonly listsCapabilities?: boolean;
  /** From 0.13.3 on it has `/v1/responses`, and from 0.14.0 on `/v1/messages`. @default {"0.14.1"} */
  readonly version?: string;
}

const MODIFIED = "2025-06-01T10:00:00Z";

/** A fake Ollama. */
export class FakeOllama extends FakeServer {
  readonly type = "ollama";
  readonly #listsCapabilities: boolean;
  readonly #version: string;

  private constructor(options: FakeOllamaOptions) {
    super(options);
    this.#listsCapabilities = options.listsCapabilities ?? true;
    this.#version = options.version ?? "0.14.1";
  }

  static start(options: FakeOllamaOptions): Promise<FakeOllama> {
    return new FakeOllama(options).open();
  }

  protected route(call: Call): Answer | undefined {
    switch (`${call.method} ${call.path}`) {
      case "GET /":
      case "HEAD /":
        return bytes("Ollama is running", { headers: { "Content-Type": "text/plain; charset=utf-8" } });
      case "GET /api/version":
        return json({ version: this.#version });
      case "GET /api/tags":
        return json({ models: this.#all().map((model) => this.#tag(model)) });
      case "GET /api/ps":
        return json({ models: this.#all().filter((model) => model.loaded).map(running) });
      case "POST /api/show":
        return this.#show(call);
      case "GET /v1/models":
        return json({ object: "list", data: this.#all().map(openAiEntry) });
      case "POST /api/chat":
        return this.#infer(call, "chat");
      case "POST /api/generate":
        return this.#infer(call, "generate");
      case "POST /api/embed":
      case "POST /api/embeddings":
      case "POST /v1/embeddings":
        return this.#infer(call, "embed");
      case "POST /v1/chat/completions":
        return this.#infer(call, "chat");
      case "POST /v1/messages":
        return isAtLeast(this.#version, "0.14.0") ? this.#infer(call, "chat") : undefined;
      case "POST /v1/responses":
        return isAtLeast(this.#version, "0.13.3") ? this.#infer(call, "chat") : undefined;
    }
    return undefined;
  }

  protected override notFound(): Answer {
    return bytes("404 page not found", { status: 404, headers: { "Content-Type": "text/plain" } });
  }

  #all(): FakeModel[] {
    return [...this.models.values()];
  }

  /** Names are compared without case, and without the tag `latest`. */
  #find(name: string | undefined): FakeModel | undefined {
    const wanted = plainName(name ?? "");
    return this.#all().find((model) => plainName(model.name) === wanted);
  }

  #tag(model: FakeModel): JsonObject {
    return {
      ...identity(model),
      modified_at: MODIFIED,
      ...(this.#listsCapabilities ? { capabilities: capabilitiesOf(model) } : {}),
      ...model.more,
    };
  }

  /** Tells all about a model, and loads nothing. */
  #show(call: Call): Answer {
    const name = call.model ?? (typeof call.body.name === "string" ? call.body.name : undefined);
    const model = this.#find(name);
    if (model === undefined) return refusal(call, 404, `model '${name}' not found`);
    return json({
      license: "",
      modelfile: "# Modelfile",
      template: "{{ .Prompt }}",
      details: detailsOf(model),
      model_info: {
        "general.architecture": model.family,
        "general.parameter_count": 8_000_000_000,
        [`${model.family}.context_length`]: model.contextLength,
        [`${model.family}.embedding_length`]: 4096,
      },
      capabilities: capabilitiesOf(model),
      modified_at: MODIFIED,
    });
  }

  #infer(call: Call, task: "chat" | "generate" | "embed"): Answer {
    const model = this.#find(call.model);
    if (model === undefined) return refusal(call, 404, `model '${call.model}' not found`);
    if (task === "generate" && isUnload(call)) {
      model.loaded = false;
      return json({ model: call.model, created_at: MODIFIED, response: "", done: true, done_reason: "unload" });
    }
    if (task !== "embed") {
      if (model.embeddings) return refusal(call, 400, `"${call.model}" does not support ${task}`);
      if (hasTools(call.body) && !model.tools) {
        return refusal(call, 400, `${model.name} does not support tools`);
      }
      if (hasImage(call.body) && !model.vision) {
        const why = "failed to process inputs: this model is missing data required for image input";
        return refusal(call, 500, `Failed to create new sequence: ${why}`);
      }
    } else if (!model.embeddings) return refusal(call, 500, "this model does not support embeddings");
    this.wake(call, model);
    const asked = call.model ?? model.name;
    if (call.path === "/v1/messages") return nativeMessage(call, this.name);
    if (call.path === "/v1/responses") return nativeResponse(call, this.name);
    if (call.path.startsWith("/v1/")) return task === "embed" ? this.embeddings(call, asked) : this.chat(call, asked);
    return task === "embed" ? embedded(call, asked) : this.#talk(call, asked);
  }

  /** The answer to a chat or to a prompt in Ollama's own shape, which streams unless told not to. */
  #talk(call: Call, model: string): Answer {
    const line = (text: string, done: boolean) => ({
      model,
      created_at: MODIFIED,
      ...(call.path === "/api/chat" ? { message: { role: "assistant", content: text } } : { response: text }),
      done,
      ...(done ? { done_reason: "stop", total_duration: 1000, prompt_eval_count: 1, eval_count: 2 } : {}),
    });
    if (call.body.stream === false) return json(line(`from ${this.name}`, true));
    return ndjson([line("from ", false), line(this.name, false), line("", true)]);
  }
}

function plainName(name: string): string {
  return name.toLowerCase().replace(/:latest$/, "");
}

/** `keep_alive: 0` without a prompt asks to unload. */
function isUnload(call: Call): boolean {
  return call.body.keep_alive === 0 && (call.body.prompt ?? "") === "";
}

/** Ollama's own shape, or OpenAI's or Anthropic's on their paths. */
function refusal(call: Call, status: number, message: string): Answer {
  if (!call.path.startsWith("/v1/")) return json({ error: message }, { status });
  const type = status === 404 ? "not_found_error" : status === 400 ? "invalid_request_error" : "api_error";
  const error = { message, type };
  if (call.path === "/v1/messages") return json({ type: "error", error, request_id: "req_native" }, { status });
  return json({ error: { ...error, param: null, code: null } }, { status });
}

function identity(model: FakeModel): JsonObject {
  const { name, sizeBytes, digest } = model;
  return { name, model: name, size: sizeBytes, digest, details: detailsOf(model) };
}

function detailsOf({ family, parameterSize, quantization }: FakeModel): JsonObject {
  return {
    parent_model: "",
    format: "gguf",
    family,
    families: [family],
    parameter_size: parameterSize,
    quantization_level: quantization,
  };
}

function running(model: FakeModel): JsonObject {
  const expires_at = "2030-01-01T00:00:00Z";
  return { ...identity(model), expires_at, size_vram: model.sizeBytes, context_length: model.contextLength };
}

function openAiEntry({ name }: FakeModel): JsonObject {
  return { id: name, object: "model", created: 1748772000, owned_by: "library" };
}

function capabilitiesOf(model: FakeModel): string[] {
  if (model.embeddings) return ["embedding"];
  const { vision, tools, reasoning } = model;
  return ["completion", ...(vision ? ["vision"] : []), ...(tools ? ["tools"] : []), ...(reasoning ? ["thinking"] : [])];
}

function embedded(call: Call, model: string): Answer {
  const vector = [0.25, -0.5, 1];
  if (call.path === "/api/embeddings") return json({ embedding: vector });
  const inputs = Array.isArray(call.body.input) ? call.body.input : [call.body.input];
  return json({ model, embeddings: inputs.map(() => vector), total_duration: 1000, prompt_eval_count: inputs.length });
}
