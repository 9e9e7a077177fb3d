import { backendUrl } from "../../endpoints/health_url.ts";
import { Slots } from "../../lib/slots.ts";
import { askJson } from "./ask_json.ts";
import type { DetailRound, DetailSource, DetailSourceOptions } from "./detail_source.ts";
import type { ModelFacts } from "./details/model_facts.ts";
import { isComplete, readOllamaShow } from "./details/ollama_show.ts";
import type { DiscoveredModel } from "../model.ts";

interface Shown {
  /** Of the model that was asked for. */
  readonly stamp: string;
  /** Epoch ms. */
  readonly askedAt: number;
  readonly facts: ModelFacts;
}

const SHOW = "/api/show";
/** Licence, template and tensors are in the answer as well. */
const MAX_SHOW_BYTES = 4 * 1024 * 1024;
/** Questions to one endpoint at once. */
const AT_ONCE = 4;
/** After so many failures in a row, the rest waits for the next list. */
const MAX_FAILURES = 4;
/** A newer Ollama may find more in the same model, so even what is known is asked for again at times. */
const ASK_AGAIN_MS = 3_600_000;

/**
 * Asks Ollama's `/api/show`, which loads nothing, about each model: once for each digest, and once more after an hour.
 * What a list says by itself is not asked for.
 */
export class OllamaDetails implements DetailSource {
  readonly #options: DetailSourceOptions;
  /** By model id. */
  readonly #shown = new Map<string, Shown>();
  /** Ids whose last question failed. */
  readonly #failed = new Set<string>();

  constructor(options: DetailSourceOptions) {
    this.#options = options;
  }

  factsOf(model: DiscoveredModel): ModelFacts | undefined {
    const shown = this.#shown.get(model.id);
    return shown !== undefined && shown.stamp === stampOf(model) ? shown.facts : undefined;
  }

  async ask(models: readonly DiscoveredModel[], round: DetailRound): Promise<void> {
    this.#forgetAllBut(models);
    const wanted = models.filter((model) => !isComplete(model) && !this.#isFresh(model));
    // Those that failed last time come last, or a few bad models would keep the others from ever being asked for.
    const isBad = (model: DiscoveredModel) => Number(this.#failed.has(model.id));
    const slots = new Slots(AT_ONCE);
    let failures = 0;
    await Promise.all(
      wanted.toSorted((a, b) => isBad(a) - isBad(b)).map((model) =>
        slots.run(async () => {
          if (!round.isWanted() || failures >= MAX_FAILURES) return;
          if (!await this.#show(model, round.signal)) return void failures++;
          failures = 0;
          round.onNews();
        })
      ),
    );
  }

  async #show(model: DiscoveredModel, signal: AbortSignal): Promise<boolean> {
    const { client, endpoint, timeoutMs, logger } = this.#options;
    const answer = await askJson(client, {
      endpoint,
      url: backendUrl(endpoint, SHOW),
      json: { model: model.id },
      timeoutMs,
      maxBytes: MAX_SHOW_BYTES,
      signal,
    });
    if (signal.aborted) return false;
    if (answer.kind === "none") {
      this.#failed.add(model.id);
      logger.debug?.(`Endpoint "${endpoint.name}" does not tell more of model "${model.id}": ${answer.why}`);
      return false;
    }
    this.#failed.delete(model.id);
    this.#shown.set(model.id, {
      stamp: stampOf(model),
      askedAt: client.now(),
      facts: readOllamaShow(answer.json),
    });
    return true;
  }

  #isFresh(model: DiscoveredModel): boolean {
    const shown = this.#shown.get(model.id);
    if (shown === undefined || shown.stamp !== stampOf(model)) return false;
    return this.#options.client.now() - shown.askedAt < ASK_AGAIN_MS;
  }

  #forgetAllBut(models: readonly DiscoveredModel[]): void {
    const ids = new Set(models.map((model) => model.id));
    for (const id of this.#shown.keys()) if (!ids.has(id)) this.#shown.delete(id);
    for (const id of this.#failed) if (!ids.has(id)) this.#failed.delete(id);
  }
}

/** Changes with the model behind a name. */
function stampOf({ digest, modifiedAt }: DiscoveredModel): string {
  return digest ?? String(modifiedAt);
}
