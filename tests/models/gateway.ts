import type { JsonObject } from "../../src/models/parsers/fields.ts";
import { eventually } from "../support/eventually.ts";
import { OllaProcess } from "../support/olla_process.ts";
import { type Answered, answered } from "../support/scene.ts";
import type { FakeServer } from "../fakes/fake_server.ts";

/** How a {@link Gateway} is set up. */
export interface GatewayOptions {
  /** Keys for each server's endpoint. By default all have the same priority. */
  readonly endpoint?: (server: FakeServer, index: number) => JsonObject;
  /** The rest of the config. */
  readonly config?: JsonObject;
  /** Names that must be listed before the start counts as done. @default {all models of all servers} */
  readonly models?: readonly string[];
}

/** A copy in `/olla/models`. */
export interface Copy {
  readonly endpoint: string;
  readonly state: string;
  readonly type: string;
}

/** A model in `/olla/models`, as far as the tests read it. */
export interface UnifiedModel {
  readonly id: string;
  readonly olla: {
    readonly max_context_length?: number;
    readonly max_output_tokens?: number;
    readonly aliases: readonly string[];
    readonly availability: readonly Copy[];
    readonly capabilities: readonly string[];
    readonly input_cost_per_token?: number;
    readonly output_cost_per_token?: number;
  };
}

/** A running olla in front of fake servers, and what its users ask of it. */
export class Gateway implements AsyncDisposable {
  readonly olla: OllaProcess;

  private constructor(olla: OllaProcess) {
    this.olla = olla;
  }

  /** Starts olla, and waits until it lists the models. */
  static async start(servers: readonly FakeServer[], options: GatewayOptions = {}): Promise<Gateway> {
    const endpoints = servers.map((server, index) => server.endpoint(options.endpoint?.(server, index)));
    const models = options.models ?? servers.flatMap((server) => [...server.models.keys()]);
    return await Gateway.over({ ...options.config, endpoints }, models);
  }

  /** Starts olla with a whole config, and waits until it lists these models. */
  static async over(config: JsonObject, models: readonly string[]): Promise<Gateway> {
    return new Gateway(await OllaProcess.start({ config, models }));
  }

  /** Sends JSON, or a text as it is. */
  async post(path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answered> {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const init = { method: "POST", headers: { "content-type": "application/json", ...headers }, body: text };
    return await answered(await fetch(`${this.olla.url}${path}`, init));
  }

  /** Sends a chat; `more` adds keys to its body. */
  chat(model: string, more: JsonObject = {}): Promise<Answered> {
    return this.post("/v1/chat/completions", { model, messages: [{ role: "user", content: "Hi" }], ...more });
  }

  /** One of olla's JSON pages. */
  page<T>(path: string): Promise<T> {
    return this.olla.page<T>(path);
  }

  /** The names in a list of OpenAI's, Ollama's or LM Studio's shape, in its order. */
  async ids(path = "/v1/models"): Promise<string[]> {
    const list = await this.page<{ data?: NamedModel[]; models?: NamedModel[] }>(path);
    return (list.data ?? list.models ?? []).map(({ id, name, key }) => id ?? name ?? key ?? "");
  }

  /** A model of `/olla/models`; undefined when it is not there. */
  async unified(id: string, query = ""): Promise<UnifiedModel | undefined> {
    const { data } = await this.page<{ data: UnifiedModel[] }>(`/olla/models${query}`);
    return data.find((model) => model.id === id);
  }

  /** Where a model is and in which state, as `mac loaded`. */
  async states(id: string, query = "?include_unavailable=true"): Promise<string[]> {
    const model = await this.unified(id, query);
    return (model?.olla.availability ?? []).map(({ endpoint, state }) => `${endpoint} ${state}`);
  }

  /** Waits until an endpoint has this status. */
  async settled(endpoint: string, status: string): Promise<void> {
    const look = async () => (await this.olla.endpoint(endpoint)).status === status;
    await eventually(`${endpoint} is ${status}`, look, { within: 10_000 });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.olla[Symbol.asyncDispose]();
  }
}

interface NamedModel {
  readonly id?: string;
  readonly name?: string;
  readonly key?: string;
}

/** Ends servers and gateways, the last one first; undefined stands for what did not start. */
export async function endAll(resources: readonly (AsyncDisposable | undefined)[]): Promise<void> {
  for (const resource of resources.toReversed()) await resource?.[Symbol.asyncDispose]();
}

/** The text of an answered chat, as `from mac`. */
export function said({ text }: Answered): string {
  const body = JSON.parse(text) as { choices?: { message?: { content?: string } }[] };
  return body.choices?.[0]?.message?.content ?? text;
}

/** Strategy, decision and reason of an answer's routing headers. */
export function routing({ headers }: Answered): string[] {
  return ["Strategy", "Decision", "Reason"].map((name) => headers.get(`x-olla-routing-${name}`) ?? "");
}

/** The message of an error in OpenAI's shape. */
export function errorMessage({ text }: Answered): string {
  const body = JSON.parse(text) as { error?: { message?: string } };
  return body.error?.message ?? "";
}
