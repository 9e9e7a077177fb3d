import type { BackendClient } from "../../endpoints/ask_backend.ts";
import type { EndpointState } from "../../endpoints/state.ts";
import type { Logger } from "../../lib/logger.ts";
import type { DetailRound, DetailSource, DetailSourceOptions } from "./detail_source.ts";
import { withFacts } from "./details/model_facts.ts";
import { LiteLlmDetails } from "./litellm_details.ts";
import type { DiscoveredModel } from "../model.ts";
import { OllamaDetails } from "./ollama_details.ts";

/** What the details are asked with. */
export interface ModelDetailsOptions {
  readonly client: BackendClient;
  /** For each question, in ms. */
  readonly timeoutMs: number;
  readonly logger: Logger;
}

/** Kinds of servers that tell more of a model than their list does, by profile name. */
const SOURCES: Readonly<Record<string, (options: DetailSourceOptions) => DetailSource>> = {
  ollama: (options) => new OllamaDetails(options),
  litellm: (options) => new LiteLlmDetails(options),
};

/** While a round goes on, what it has found is handed over at most once in so many ms. */
const HAND_OVER_MS = 1_000;

/** What is known of one endpoint's models beside its list. */
interface Memory {
  /** Name of the profile that the source was made for. */
  readonly type: string;
  readonly source: DetailSource;
  /** The next round; a newer list takes its place. */
  next: (DetailRound & { readonly models: readonly DiscoveredModel[] }) | undefined;
  running: Promise<void> | undefined;
}

/**
 * Learns what the lists of Ollama and LiteLLM do not say: capabilities, context lengths, prices. One round of questions
 * per endpoint at a time, and none of them ever holds up a list or another endpoint.
 */
export class ModelDetails {
  readonly #options: ModelDetailsOptions;
  readonly #memories = new WeakMap<EndpointState, Memory>();

  constructor(options: ModelDetailsOptions) {
    this.#options = options;
  }

  /** The models with what is known of them so far; the same objects where there is nothing. */
  enrich(state: EndpointState, models: readonly DiscoveredModel[]): readonly DiscoveredModel[] {
    const source = this.#memory(state)?.source;
    if (source === undefined) return models;
    return models.map((model) => {
      const facts = source.factsOf(model);
      return facts === undefined ? model : withFacts(model, facts);
    });
  }

  /**
   * Asks for what is not known of a list's models, once the round that is on its way is over. Never rejects.
   *
   * @param models As the list has them, without what is known beside it.
   */
  ask(state: EndpointState, models: readonly DiscoveredModel[], round: DetailRound): Promise<void> {
    const memory = this.#memory(state);
    if (memory === undefined) return Promise.resolve();
    memory.next = { ...round, models };
    memory.running ??= this.#run(memory).finally(() => memory.running = undefined);
    return memory.running;
  }

  async #run(memory: Memory): Promise<void> {
    const { now } = this.#options.client;
    for (let round = memory.next; round !== undefined; round = memory.next) {
      const { models, signal, isWanted, onNews } = round;
      memory.next = undefined;
      let handedOverAt = now();
      let isNews = false;
      const handOver = () => {
        handedOverAt = now();
        isNews = false;
        if (isWanted()) onNews();
      };
      await memory.source.ask(models, {
        signal,
        isWanted,
        onNews: () => {
          isNews = true;
          if (now() - handedOverAt >= HAND_OVER_MS) handOver();
        },
      });
      if (isNews) handOver();
    }
  }

  #memory(state: EndpointState): Memory | undefined {
    const { endpoint, profile } = state;
    if (profile === undefined || !Object.hasOwn(SOURCES, profile.name)) return undefined;
    const known = this.#memories.get(state);
    if (known?.type === profile.name) return known;
    const source = SOURCES[profile.name]?.({ ...this.#options, endpoint });
    if (source === undefined) return undefined;
    const memory: Memory = { type: profile.name, source, next: undefined, running: undefined };
    this.#memories.set(state, memory);
    return memory;
  }
}
