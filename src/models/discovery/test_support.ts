/**
 * Builders for the tests of this folder.
 * @module
 */
import type { EndpointConfig } from "../../config/schema.ts";
import type { Profile } from "../../config/profile.ts";
import type { BackendClient } from "../../endpoints/ask_backend.ts";
import { Registry } from "../../endpoints/registry.ts";
import type { EndpointState } from "../../endpoints/state.ts";
import { FakeTime, testEndpoint, testProfile } from "../../endpoints/test_support.ts";

/** One question that a made-up server gets. */
export interface AskedQuestion {
  /** Name of the endpoint. */
  readonly name: string;
  readonly path: string;
  /** The JSON body of a POST. */
  readonly json: unknown;
}

/** Answers one question; one without an answer hangs until its signal ends it. */
export type PlayedAnswer = (question: AskedQuestion) => Response | Promise<Response>;

/** Never answers. */
export function never(): Promise<Response> {
  return new Promise<Response>(() => {});
}

/** Endpoints on fake time, whose servers are all played by one function that a test may replace. */
export class PlayedServers {
  readonly time = new FakeTime();
  readonly registry = new Registry({ breaker: { failures: 5, open_for: 30_000, half_open_max: 1 } });
  /** In order; `name path`. */
  readonly asked: string[] = [];
  /** Questions that have neither been answered nor ended. */
  open = 0;
  answer: PlayedAnswer;

  constructor(answer: PlayedAnswer) {
    this.answer = answer;
  }

  readonly client: BackendClient = {
    timers: this.time.timers,
    now: () => this.time.now,
    userAgent: "olla/test",
    fetch: async (url, { signal, body }) => {
      const { hostname: name, pathname: path } = new URL(url);
      this.asked.push(`${name} ${path}`);
      const json: unknown = body instanceof Uint8Array ? JSON.parse(new TextDecoder().decode(body)) : undefined;
      this.open++;
      try {
        const ended = new Promise<never>((_, reject) => {
          const end = () => reject(new DOMException("ended", "AbortError"));
          if (signal?.aborted === true) end();
          else signal?.addEventListener("abort", end);
        });
        return await Promise.race([this.answer({ name, path, json }), ended]);
      } finally {
        this.open--;
      }
    },
  };

  readonly states = (): readonly EndpointState[] => this.registry.list();

  /** Adds an endpoint that is in service. */
  add(
    name: string,
    { type = "ollama", profile = {}, config = {} }: {
      type?: string;
      profile?: Partial<Profile>;
      config?: Partial<EndpointConfig>;
    } = {},
  ): EndpointState {
    const endpoint = testEndpoint({ name, url: `http://${name}:9`, ...config });
    const state = this.registry.add(endpoint, testProfile(type, { ...PROFILES[type], ...profile }));
    this.up(state);
    return state;
  }

  /** A check found the endpoint well. */
  up(state: EndpointState): void {
    const good = { kind: "answered", status: 200, latencyMs: 1, loading: false, detail: "" } as const;
    this.registry.observe(state, good, this.time.now, this.time.now);
  }

  /** A request found nobody there. */
  down(state: EndpointState): void {
    this.registry.reportUnreachable(state, "connection refused", this.time.now);
  }
}

const PROFILES: Readonly<Record<string, Partial<Profile>>> = {
  "ollama": { response_format: "ollama", model_discovery_paths: ["/api/tags"] },
  "lm-studio": { response_format: "lmstudio", model_discovery_paths: ["/api/v0/models"] },
  "llamacpp": { response_format: "llamacpp" },
  "lemonade": { response_format: "lemonade", model_discovery_paths: ["/api/v1/models"] },
};
