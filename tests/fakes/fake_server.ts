import { type JsonObject, objectOf } from "../../src/models/parsers/fields.ts";
import { json, sse } from "../support/answers.ts";
import { type Answer, type Exchange, FakeBackend, type Received } from "../support/fake_backend.ts";

/** A model of a fake server. A server's list says of it what the real server's list can say. May be changed at any time. */
export interface FakeModel {
  /** As the server lists it. */
  readonly name: string;
  /** Whether it is in memory. */
  loaded: boolean;
  /** Makes embeddings, and does not chat. */
  embeddings: boolean;
  vision: boolean;
  tools: boolean;
  reasoning: boolean;
  /** Tokens. */
  contextLength: number;
  sizeBytes: number;
  digest: string;
  family: string;
  parameterSize: string;
  quantization: string;
  /** Fields that are added to its entry in the server's own list, or replace them: for what the others do not say. */
  more: JsonObject;
}

/** A model by its name, or with all that differs from a small chat model that is not in memory. */
export type FakeModelInput = string | (Partial<FakeModel> & Pick<FakeModel, "name">);

/** What a {@link FakeServer} is and has. */
export interface FakeServerOptions {
  /** The endpoint's name, which its answers hold as well. */
  readonly name: string;
  /** @default {none} */
  readonly models?: readonly FakeModelInput[];
  /** @default {0} any free port */
  readonly port?: number;
}

/** One request, read as far as a fake needs it. */
export interface Call {
  readonly request: Received;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** The JSON body; empty when there is none. */
  readonly body: JsonObject;
  /** The model that the body names, in JSON or in a form; undefined for none. */
  readonly model: string | undefined;
}

/** A request that came to a model. */
export interface Inference {
  readonly path: string;
  /** The name that was asked for. */
  readonly model: string;
}

/**
 * What the fakes of real LLM servers have in common: models that a test may change at any time, a memory of requests, and
 * a count of the times that a request brought a model into memory.
 */
export abstract class FakeServer implements AsyncDisposable {
  readonly name: string;
  /** By name, in the order of listing. `delete` takes one away. */
  readonly models = new Map<string, FakeModel>();
  /** What a path meets instead of what the server would say: `server.instead.set("/api/tags", failure(500, "no"))`. */
  readonly instead = new Map<string, Answer>();
  /** Requests that came to a model, in order. */
  readonly inferences: Inference[] = [];
  /** How often a request brought a model into memory. */
  wakes = 0;
  readonly #port: number;
  #backend: FakeBackend | undefined;

  protected constructor(options: FakeServerOptions) {
    this.name = options.name;
    this.#port = options.port ?? 0;
    for (const model of options.models ?? []) this.add(model);
  }

  /** The `type` of an endpoint of this kind in olla's config. */
  abstract readonly type: string;

  /** How this kind of server answers; undefined for its 404. */
  protected abstract route(call: Call): Answer | undefined;

  /** What it says to a path that it does not have. */
  protected notFound(_call: Call): Answer {
    return json({ detail: "Not Found" }, { status: 404 });
  }

  /** Starts listening on 127.0.0.1. */
  protected async open(): Promise<this> {
    this.#backend = await FakeBackend.start((exchange) => this.#answer(exchange), { port: this.#port });
    return this;
  }

  /** The socket below it: refuses, cuts, and knows all requests. */
  get backend(): FakeBackend {
    if (this.#backend === undefined) throw new Error(`The fake server "${this.name}" was not started`);
    return this.#backend;
  }

  get url(): string {
    return this.backend.url;
  }

  /** This server as an entry of olla's config, checked often; `more` adds or replaces keys. */
  endpoint(more: JsonObject = {}): Record<string, unknown> {
    return { name: this.name, url: this.url, type: this.type, check_interval: "1s", check_timeout: "500ms", ...more };
  }

  /** Gives it one more model, or replaces the one of that name. */
  add(input: FakeModelInput): FakeModel {
    const model = completed(typeof input === "string" ? { name: input } : input);
    this.models.set(model.name, model);
    return model;
  }

  /** Loads or unloads a model by the operator's hand, which is no wake. Throws for a model that it does not have. */
  setLoaded(name: string, loaded: boolean): void {
    const model = this.models.get(name);
    if (model === undefined) throw new Error(`The fake server "${this.name}" has no model "${name}"`);
    model.loaded = loaded;
  }

  /** How often a path was asked. */
  asked(path: string): number {
    return this.backend.requests.filter((request) => request.target.split("?")[0] === path).length;
  }

  /** A request comes to a model: it is noted, and the model is in memory from now on. */
  protected wake(call: Call, model: FakeModel): void {
    this.inferences.push({ path: call.path, model: call.model ?? model.name });
    this.load(model);
  }

  /** Brings a model into memory because of a request. */
  protected load(model: FakeModel): void {
    if (!model.loaded) this.wakes++;
    model.loaded = true;
  }

  /** A chat completion in OpenAI's shape, streamed or not, that holds this server's name and the model it was asked for. */
  protected chat(call: Call, model: string): Answer {
    const head = { id: "chatcmpl-1", created: 1700000000, model };
    if (call.body.stream !== true) {
      const message = { role: "assistant", content: `from ${this.name}` };
      const choices = [{ index: 0, message, finish_reason: "stop" }];
      const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 };
      return json({ ...head, object: "chat.completion", choices, usage });
    }
    const chunk = (delta: JsonObject, finish_reason: string | null) => ({
      ...head,
      object: "chat.completion.chunk",
      choices: [{ index: 0, delta, finish_reason }],
    });
    return sse([
      chunk({ role: "assistant", content: "from " }, null),
      chunk({ content: this.name }, null),
      chunk({}, "stop"),
    ]);
  }

  /** A text completion in OpenAI's shape, not streamed. */
  protected completion(model: string): Answer {
    const choices = [{ index: 0, text: `from ${this.name}`, logprobs: null, finish_reason: "stop" }];
    return json({ id: "cmpl-1", object: "text_completion", created: 1700000000, model, choices });
  }

  /** Embeddings in OpenAI's shape, one for each input. */
  protected embeddings(call: Call, model: string): Answer {
    const inputs = Array.isArray(call.body.input) ? call.body.input : [call.body.input];
    const data = inputs.map((_, index) => ({ object: "embedding", index, embedding: [0.25, -0.5, 1] }));
    return json({ object: "list", data, model, usage: { prompt_tokens: inputs.length, total_tokens: inputs.length } });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#backend?.[Symbol.asyncDispose]() ?? Promise.resolve();
  }

  #answer(exchange: Exchange): Promise<void> | void {
    const call = callOf(exchange.request);
    const answer = this.instead.get(call.path) ?? this.route(call) ?? this.notFound(call);
    return answer(exchange);
  }
}

function completed(input: Partial<FakeModel> & Pick<FakeModel, "name">): FakeModel {
  return {
    loaded: false,
    embeddings: false,
    vision: false,
    tools: false,
    reasoning: false,
    contextLength: 8192,
    sizeBytes: 1_000_000_000,
    // The same name is the same model on every fake, unless the test says otherwise.
    digest: Buffer.from(input.name).toString("hex").padEnd(64, "0").slice(0, 64),
    family: "llama",
    parameterSize: "8B",
    quantization: "Q4_K_M",
    more: {},
    ...input,
  };
}

/** Reads a request. */
export function callOf(request: Received): Call {
  const url = new URL(request.target, "http://fake");
  const text = request.body.toString();
  const body = jsonObject(text);
  const named = body.model ?? /name="model"(?:\r\n[^\r\n]+)*\r\n\r\n([^\r\n]*)\r\n/.exec(text)?.[1];
  const model = typeof named === "string" ? named : undefined;
  return { request, method: request.method, path: url.pathname, query: url.searchParams, body, model };
}

/** An empty object for a text that is no JSON object. */
function jsonObject(text: string): JsonObject {
  try {
    return objectOf(JSON.parse(text));
  } catch {
    return {};
  }
}

/** Whether a chat of any dialect carries an image. */
export function hasImage(body: JsonObject): boolean {
  if (listOf(body.images).length > 0) return true;
  return listOf(body.messages).map(objectOf).some(({ images, content }) =>
    listOf(images).length > 0 || listOf(content).some((part) => /image/.test(String(objectOf(part).type)))
  );
}

/** Whether a chat of any dialect offers tools. */
export function hasTools(body: JsonObject): boolean {
  return listOf(body.tools).length > 0;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
