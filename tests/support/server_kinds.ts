import { FakeLlamaCpp } from "../fakes/llamacpp.ts";
import { FakeLmdeploy } from "../fakes/lmdeploy.ts";
import { FakeLmStudio } from "../fakes/lmstudio.ts";
import { FakeOllama } from "../fakes/ollama.ts";
import { FakeOpenAi } from "../fakes/openai.ts";
import { FakeSglang } from "../fakes/sglang.ts";
import type { FakeModelInput, FakeServer } from "../fakes/fake_server.ts";
import { FakeVllm } from "../fakes/vllm.ts";
import { chatScript } from "./chat_script.ts";
import type { Received } from "./fake_backend.ts";
import { OllaProcess } from "./olla_process.ts";

/** The dialects that a server can speak beside chat completions. */
export type Spoken = "messages" | "responses" | "ollama";

interface KindOptions {
  readonly name: string;
  readonly models: readonly FakeModelInput[];
}

interface Kind {
  readonly start: (options: KindOptions) => Promise<FakeServer>;
  readonly speaks: readonly Spoken[];
}

/** Every kind of server as it is today, and those that once spoke less. */
const KINDS = {
  "openai-compatible": { start: FakeOpenAi.start, speaks: [] },
  "sglang": { start: FakeSglang.start, speaks: [] },
  "lmdeploy": { start: FakeLmdeploy.start, speaks: [] },
  "vllm": { start: FakeVllm.start, speaks: ["messages", "responses"] },
  "llamacpp": { start: FakeLlamaCpp.start, speaks: ["messages", "responses"] },
  "lm-studio": { start: FakeLmStudio.start, speaks: ["messages", "responses"] },
  "ollama": { start: FakeOllama.start, speaks: ["messages", "responses", "ollama"] },
  "vllm-0.9": { start: (options) => FakeVllm.start({ ...options, version: "0.9.2" }), speaks: [] },
  "llamacpp-b4000": { start: (options) => FakeLlamaCpp.start({ ...options, build: 4000 }), speaks: [] },
  "lm-studio-0.3": {
    start: (options) => FakeLmStudio.start({ ...options, apis: ["v0"], dialects: false }),
    speaks: [],
  },
  "ollama-0.9": { start: (options) => FakeOllama.start({ ...options, version: "0.9.6" }), speaks: ["ollama"] },
} satisfies Readonly<Record<string, Kind>>;

/** The name of a kind, which is the name of its one server as well. */
export type KindName = keyof typeof KINDS;

/** All kinds. */
export const KIND_NAMES = Object.keys(KINDS) as readonly KindName[];

/** Whether servers of a kind speak a dialect themselves. */
export function speaks(kind: KindName, dialect: Spoken): boolean {
  return (KINDS[kind].speaks as readonly Spoken[]).includes(dialect);
}

/** The model of a kind's server, which no other has; it can do all that a request may need. */
export function modelOf(kind: KindName): string {
  return `model-of-${kind}`;
}

/** olla in front of one server of every kind, each with a model of its own that is scripted by {@link chatScript}. */
export class ServerKinds implements AsyncDisposable {
  readonly olla: OllaProcess;
  readonly #servers: ReadonlyMap<KindName, FakeServer>;

  private constructor(olla: OllaProcess, servers: ReadonlyMap<KindName, FakeServer>) {
    this.olla = olla;
    this.#servers = servers;
  }

  /** @param more Keys for olla's config. */
  static async start(
    names: readonly KindName[] = KIND_NAMES,
    more: Readonly<Record<string, unknown>> = {},
  ): Promise<ServerKinds> {
    const servers = new Map<KindName, FakeServer>();
    for (const name of names) {
      const able = { vision: true, tools: true, reasoning: true };
      const server = await KINDS[name].start({ name, models: [{ name: modelOf(name), ...able }] });
      server.instead.set("/v1/chat/completions", chatScript(name));
      servers.set(name, server);
    }
    const endpoints = [...servers.values()].map((server) => server.endpoint({ check_interval: "30s" }));
    const olla = await OllaProcess.start({ config: { ...more, endpoints }, models: names.map(modelOf) });
    return new ServerKinds(olla, servers);
  }

  /** The server of a kind. */
  server(kind: KindName): FakeServer {
    const server = this.#servers.get(kind);
    if (server === undefined) throw new Error(`There is no server of the kind ${kind}`);
    return server;
  }

  /** The last request for a model that the server of a kind has got. */
  lastOf(kind: KindName): Received {
    const isOne = ({ method, target }: Received) => method === "POST" && target !== "/api/show";
    const last = this.server(kind).backend.requests.findLast(isOne);
    if (last === undefined) throw new Error(`The server of the kind ${kind} has got no request for a model`);
    return last;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.olla[Symbol.asyncDispose]();
    await Promise.all([...this.#servers.values()].map((server) => server[Symbol.asyncDispose]()));
  }
}
