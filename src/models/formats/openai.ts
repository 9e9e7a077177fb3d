import type { Catalog } from "../catalog.ts";
import type { ModelEntry } from "../model.ts";

/** A model in OpenAI's `/v1/models`. */
export interface OpenAiModel {
  readonly id: string;
  readonly object: "model";
  /** Unix seconds. */
  readonly created: number;
  readonly owned_by: string;
}

/** Who is named as the owner where no backend names one. */
const DEFAULT_OWNER = "olla";

/** One model in OpenAI's format. */
export function openAiModel(entry: ModelEntry): OpenAiModel {
  return { id: entry.id, object: "model", created: entry.created, owned_by: entry.ownedBy ?? DEFAULT_OWNER };
}

/** A list of models in OpenAI's format, in the order given. */
export function toOpenAiList(entries: readonly ModelEntry[]): { object: "list"; data: OpenAiModel[] } {
  return { object: "list", data: entries.map(openAiModel) };
}

interface Rendered {
  readonly version: number;
  readonly byEndpoints: Map<string, string>;
}

/** What was rendered last for each catalogue; dropped as soon as its version moves on. */
const rendered = new WeakMap<Catalog, Rendered>();

/** Sets of endpoints that lists are kept for: routes times states of health, so there are few. */
const MAX_LISTS = 64;

/**
 * The models that at least one of the given endpoints serves, as the JSON text of OpenAI's `/v1/models`. Answered from
 * memory while neither the catalogue nor the set changes.
 */
export function openAiListJson(catalog: Catalog, endpoints: ReadonlySet<string>): string {
  let cache = rendered.get(catalog);
  if (cache === undefined || cache.version !== catalog.version) {
    cache = { version: catalog.version, byEndpoints: new Map() };
    rendered.set(catalog, cache);
  }
  const key = [...endpoints].join("\n");
  let json = cache.byEndpoints.get(key);
  if (json === undefined) {
    const served = catalog.list().filter((entry) => entry.endpoints.some((endpoint) => endpoints.has(endpoint)));
    json = JSON.stringify(toOpenAiList(served));
    if (cache.byEndpoints.size >= MAX_LISTS) cache.byEndpoints.clear();
    cache.byEndpoints.set(key, json);
  }
  return json;
}
