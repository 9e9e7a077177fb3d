import { backendUrl } from "../../endpoints/health_url.ts";
import { slicesOf } from "../../lib/slices.ts";
import { askJson, type JsonAnswer } from "./ask_json.ts";
import type { DetailRound, DetailSource, DetailSourceOptions } from "./detail_source.ts";
import { joinDeployments, liteLlmRows, readLiteLlmRow } from "./details/litellm_model_info.ts";
import type { ModelFacts } from "./details/model_facts.ts";
import type { DiscoveredModel } from "../model.ts";

/** The second is asked when the first is not there. */
const PATHS = ["/model/info", "/v1/model/info"] as const;
/** A row is 8 KB, nearly all of it null. */
const MAX_INFO_BYTES = 10 * 1024 * 1024;
/** LiteLLM needs a while for a long answer; while the list stays the same it is not asked more often. */
const ASK_AGAIN_MS = 60_000;
/** Rows that are read in one go: some 2 ms. */
const SLICE = 200;

/**
 * Asks LiteLLM's `/model/info` for modes, limits, prices and capabilities, in one question for all models. Many keys may
 * not read it: then there is nothing, and it is asked again with a later list.
 */
export class LiteLlmDetails implements DetailSource {
  readonly #options: DetailSourceOptions;
  /** By model name; only of listed ones. */
  #facts: ReadonlyMap<string, ModelFacts> = new Map();
  /** Ids that were listed when it was last asked. */
  #listed: ReadonlySet<string> = new Set();
  #askedAt = Number.NEGATIVE_INFINITY;

  constructor(options: DetailSourceOptions) {
    this.#options = options;
  }

  factsOf(model: DiscoveredModel): ModelFacts | undefined {
    return this.#facts.get(model.id);
  }

  async ask(models: readonly DiscoveredModel[], { signal, isWanted, onNews }: DetailRound): Promise<void> {
    const { client, endpoint, logger } = this.#options;
    const isKnown = models.every((model) => this.#listed.has(model.id));
    if (!isWanted() || models.length === 0 || (isKnown && client.now() - this.#askedAt < ASK_AGAIN_MS)) return;
    this.#askedAt = client.now();
    const listed: ReadonlySet<string> = new Set(models.map((model) => model.id));
    this.#listed = listed;
    const answer = await this.#question(signal);
    if (signal.aborted) return;
    if (answer.kind === "none") {
      logger.debug?.(`Endpoint "${endpoint.name}" does not tell more of its models: ${answer.why}`);
      return;
    }
    this.#facts = await readFacts(answer.json, listed);
    if (!signal.aborted) onNews();
  }

  async #question(signal: AbortSignal): Promise<JsonAnswer> {
    const { client, endpoint, timeoutMs } = this.#options;
    const ask = (path: string) =>
      askJson(client, { endpoint, url: backendUrl(endpoint, path), timeoutMs, maxBytes: MAX_INFO_BYTES, signal });
    const answer = await ask(PATHS[0]);
    return answer.kind === "none" && answer.status === 404 ? await ask(PATHS[1]) : answer;
  }
}

async function readFacts(json: unknown, listed: ReadonlySet<string>): Promise<ReadonlyMap<string, ModelFacts>> {
  const deployments = new Map<string, ModelFacts[]>();
  for await (const rows of slicesOf(liteLlmRows(json), SLICE)) {
    for (const row of rows) {
      const deployment = readLiteLlmRow(row);
      if (deployment === undefined || !listed.has(deployment.model)) continue;
      const known = deployments.get(deployment.model);
      if (known === undefined) deployments.set(deployment.model, [deployment.facts]);
      else known.push(deployment.facts);
    }
  }
  return new Map([...deployments].map(([model, facts]) => [model, joinDeployments(facts)]));
}
