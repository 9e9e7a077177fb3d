import { createHash } from "node:crypto";
import { bytes, json, ndjson, sse } from "./answers.ts";
import { type Answer, FakeBackend, type FakeBackendOptions, type Received } from "./fake_backend.ts";

/** What kind of LLM server a {@link FakeLlm} is, and what it has. */
export interface FakeLlmOptions extends FakeBackendOptions {
  readonly name: string;
  readonly models: readonly string[];
  /** @default {"ollama"} */
  readonly kind?: "ollama" | "openai";
  /** What a request for the model meets. @default {a friendly answer that names the server} */
  readonly inference?: Answer;
}

/** An LLM server with a health check, a model list and answers, all of which a test may replace while it runs. */
export class FakeLlm implements AsyncDisposable {
  readonly name: string;
  readonly kind: "ollama" | "openai";
  readonly backend: FakeBackend;
  /** As its model list says; a lie when the test changes it. */
  models: readonly string[];
  /** What POST requests for a model meet. */
  inference: Answer;
  /** What the health check meets. */
  probe: Answer;
  /** What the model list meets; undefined for a true one. */
  list: Answer | undefined;
  /** What Ollama's `/api/show` says of each model. By default all that a request may need. */
  capabilities: readonly string[] = ["completion", "tools", "vision", "thinking"];
  /** What Ollama's `/api/ps` says: models in memory. */
  loaded: readonly string[] = [];

  private constructor(options: FakeLlmOptions, backend: FakeBackend) {
    this.name = options.name;
    this.kind = options.kind ?? "ollama";
    this.backend = backend;
    this.models = options.models;
    this.inference = options.inference ?? friendly(options.name);
    this.probe = bytes("Ollama is running", { headers: { "Content-Type": "text/plain" } });
  }

  /** Starts one on a free port of 127.0.0.1. */
  static async start(options: FakeLlmOptions): Promise<FakeLlm> {
    const backend = await FakeBackend.start(() => {}, options);
    const llm = new FakeLlm(options, backend);
    backend.answer = (exchange) => llm.#route(exchange.request)(exchange);
    return llm;
  }

  get url(): string {
    return this.backend.url;
  }

  /** Requests for a model so far: neither health checks nor questions about models. */
  get inferences(): readonly Received[] {
    return this.backend.requests.filter((request) => request.method === "POST" && !this.#isShow(request));
  }

  /** This server as an entry of olla's config, checked often; `more` adds or replaces keys. */
  endpoint(more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
    return {
      name: this.name,
      url: this.url,
      type: this.kind === "ollama" ? "ollama" : "openai-compatible",
      check_interval: "1s",
      check_timeout: "500ms",
      ...more,
    };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.backend[Symbol.asyncDispose]();
  }

  #isShow(request: Received): boolean {
    return this.kind === "ollama" && request.target === "/api/show";
  }

  #route(request: Received): Answer {
    if (this.#isShow(request)) return this.#show(request);
    if (request.method === "POST") return this.inference;
    const path = request.target.split("?")[0];
    if (path === "/v1/models") return this.list ?? openAiList(this.models);
    // An OpenAI-style server has nothing that says what it is; olla checks its health by its model list.
    if (this.kind === "openai") return path === "/health" ? this.probe : notFound;
    switch (path) {
      case "/":
        return this.probe;
      case "/api/version":
        return json({ version: "0.12.3" });
      case "/api/tags":
        return this.list ?? ollamaList(this.models);
      case "/api/ps":
        return ollamaPs(this.loaded);
      default:
        return notFound;
    }
  }

  #show(request: Received): Answer {
    const { model } = JSON.parse(request.body.toString()) as { model?: string };
    if (model === undefined || !this.models.includes(model)) {
      return json({ error: `model '${model}' not found` }, { status: 404 });
    }
    return json({
      modelfile: `FROM ${model}\n`,
      parameters: 'stop                           "<|end|>"',
      template: "{{ .Prompt }}",
      details: { parent_model: "", families: ["fake"], ...DETAILS },
      model_info: { "general.architecture": "fake", "general.parameter_count": 1e9, "fake.context_length": 8192 },
      capabilities: this.capabilities,
      modified_at: "2025-06-01T10:00:00Z",
    });
  }
}

const notFound: Answer = json({ error: "404 page not found" }, { status: 404 });

function openAiList(models: readonly string[]): Answer {
  return json({ object: "list", data: models.map((id) => ({ id, object: "model", created: 1, owned_by: "fake" })) });
}

const DETAILS = { format: "gguf", family: "fake", parameter_size: "1B", quantization_level: "Q4_0" };

function ollamaEntry(name: string): Record<string, unknown> {
  return { name, model: name, size: 1, digest: digestOf(name), details: DETAILS };
}

function ollamaList(models: readonly string[]): Answer {
  return json({ models: models.map(ollamaEntry) });
}

function ollamaPs(loaded: readonly string[]): Answer {
  const more = { expires_at: "2199-01-01T00:00:00Z", size_vram: 1, context_length: 4096 };
  return json({ models: loaded.map((name) => ({ ...ollamaEntry(name), ...more })) });
}

/** Of one name always the same, on whatever server: 64 hexadecimal digits, as Ollama gives them. */
function digestOf(name: string): string {
  return createHash("sha256").update(name).digest("hex");
}

/** The body of a chat answer in OpenAI's shape. */
export function chatAnswer(text: string): Record<string, unknown> {
  const choice = { index: 0, message: { role: "assistant", content: text }, finish_reason: "stop" };
  const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
  return { id: "chatcmpl-1", object: "chat.completion", created: 1, model: "fake", choices: [choice], usage };
}

/** One event of a chat stream in OpenAI's shape. */
export function chatChunk(content: string | undefined): Record<string, unknown> {
  const choice = { index: 0, delta: content === undefined ? {} : { content }, finish_reason: content ? null : "stop" };
  return { id: "chatcmpl-1", object: "chat.completion.chunk", created: 1, model: "fake", choices: [choice] };
}

/** Answers chats of both dialects, streamed or not, with the server's name. */
export function friendly(name: string): Answer {
  return (exchange) => {
    const body = JSON.parse(exchange.request.body.toString()) as { stream?: boolean };
    if (!exchange.request.target.startsWith("/api/")) {
      const chunks = [chatChunk("from "), chatChunk(name), chatChunk(undefined)];
      return (body.stream === true ? sse(chunks) : json(chatAnswer(`from ${name}`)))(exchange);
    }
    const line = (content: string, done: boolean) => ({ model: "fake", message: { role: "assistant", content }, done });
    if (body.stream === false) return json(line(`from ${name}`, true))(exchange);
    return ndjson([line("from ", false), line(name, false), line("", true)])(exchange);
  };
}
