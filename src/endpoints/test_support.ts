/**
 * Builders for the tests of this folder.
 * @module
 */
import type { Profile, ProfileSet } from "../config/profile.ts";
import type { EndpointConfig } from "../config/schema.ts";
import { realTimers, type TimerHandle, type Timers } from "../lib/clock.ts";
import type { UpstreamFetch } from "../lib/upstream.ts";
import type { BackendClient } from "./ask_backend.ts";
import { type Endpoint, makeEndpoint } from "./endpoint.ts";
import { foundEndpointConfig } from "./found_endpoint.ts";

/** A profile with what the endpoints part reads of it. */
export function testProfile(name: string, fields: Partial<Profile> = {}): Profile {
  return {
    name,
    display_name: name,
    type_aliases: [],
    prefixes: [name],
    openai_compatible: true,
    paths: [],
    allow_unlisted_paths: false,
    model_discovery_paths: ["/v1/models"],
    model_discovery_query: "",
    health_check_paths: ["/health"],
    anthropic: undefined,
    default_ports: [],
    max_concurrent_requests: 0,
    streaming: true,
    response_format: "openai",
    file: `profiles/${name}.yaml`,
    ...fields,
  };
}

const NAMES = [
  "ollama",
  "lm-studio",
  "llamacpp",
  "llama-swap",
  "vllm",
  "vllm-mlx",
  "sglang",
  "litellm",
  "lmdeploy",
  "lemonade",
  "docker-model-runner",
  "omlx",
  "openai-compatible",
];

/** A set of bare profiles, one for each type. `extra` replaces those of the same name. */
export function testProfiles(extra: readonly Profile[] = []): ProfileSet {
  const all = NAMES.map((name) => extra.find((profile) => profile.name === name) ?? testProfile(name));
  const byName = (name: string) => all.find((profile) => profile.name === name);
  return { all, byType: (type) => byName(type.toLowerCase()), byPrefix: byName };
}

/** An endpoint config with the schema's defaults. */
export function testConfig(fields: Partial<EndpointConfig> = {}): EndpointConfig {
  const base = foundEndpointConfig({ name: "one", url: "http://127.0.0.1:9", type: "ollama" });
  return { ...base, ...fields };
}

/** An endpoint; its type is `ollama` unless the fields say otherwise. */
export function testEndpoint(fields: Partial<EndpointConfig> = {}): Endpoint {
  return makeEndpoint(testConfig(fields), testProfiles());
}

/** Time that stands still until a test moves it. */
export class FakeTime {
  now = 1_000_000;
  #timers: { at: number; callback: () => void }[] = [];

  readonly timers: Timers = {
    start: (callback, ms) => {
      const timer = { at: this.now + ms, callback };
      this.#timers.push(timer);
      return timer;
    },
    stop: (handle: TimerHandle) => {
      this.#timers = this.#timers.filter((timer) => timer !== handle);
    },
  };

  /** Timers that have not fired. */
  get pending(): number {
    return this.#timers.length;
  }

  /** Moves on by `ms`, firing what comes due in its order and letting promises settle after each. */
  async advance(ms: number): Promise<void> {
    const end = this.now + ms;
    await settle();
    for (;;) {
      const next = this.#timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.now = Math.max(this.now, next.at);
      this.timers.stop(next);
      next.callback();
      await settle();
    }
    this.now = end;
  }
}

/** Lets everything that waits on promises alone run to its end. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve));
}

/** A client on the real network and clock. */
export function realClient(fetch: UpstreamFetch): BackendClient {
  return { fetch, timers: realTimers, now: Date.now, userAgent: "olla/test" };
}

/** What a made-up server answers to a path: a body (JSON unless it is text), a status, headers, or a failure. */
export interface FakeAnswer {
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  /** Fails with this error code instead. */
  readonly fails?: string;
  /** Never answers. */
  readonly hangs?: boolean;
}

/** Answers from a table of paths, without any network. Everything else is `otherwise` (404 when left out). */
export class FakeServer {
  /** Paths in the order in which they were asked. */
  readonly asked: string[] = [];
  readonly headers: Record<string, string>[] = [];
  routes: Readonly<Record<string, FakeAnswer>>;
  otherwise: FakeAnswer;

  constructor(
    routes: Readonly<Record<string, FakeAnswer>>,
    otherwise: FakeAnswer = { status: 404, body: "not found" },
  ) {
    this.routes = routes;
    this.otherwise = otherwise;
  }

  readonly fetch: UpstreamFetch = (url, init) => {
    const { pathname } = new URL(url);
    this.asked.push(pathname);
    this.headers.push(init.headers);
    const { status = 200, body = "", headers, fails, hangs } = this.routes[pathname] ?? this.otherwise;
    if (fails !== undefined) return Promise.reject(Object.assign(new TypeError(fails), { code: fails }));
    if (hangs === true) {
      return new Promise((_resolve, reject) => {
        init.signal?.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError")));
      });
    }
    const text = typeof body === "string" ? body : JSON.stringify(body);
    return Promise.resolve(new Response(text, { status, ...(headers === undefined ? {} : { headers }) }));
  };
}
