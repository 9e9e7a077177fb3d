/**
 * A small world of endpoints and models for the tests of lists.
 * @module
 */
import { onlyBuiltInModelFacts } from "../../config/model_facts_load.ts";
import { loadProfiles } from "../../config/profile_load.ts";
import { Registry } from "../../endpoints/registry.ts";
import { testEndpoint } from "../../endpoints/test_support.ts";
import type { NameFilter } from "../../lib/name_filter.ts";
import { Catalog } from "../catalog/catalog.ts";
import { ListTexts } from "./list_texts.ts";
import { LoadedModels } from "../loaded_models.ts";
import { ModelListing } from "./listing.ts";
import type { DiscoveredModel } from "../model.ts";
import { createTraits } from "../traits/traits.ts";

/** The built-in profiles. */
export const PROFILES = loadProfiles({ dirs: [], readDir: () => [], readFile: () => "" }).profiles;

/** When the world's lists came, epoch ms, and the same in Unix seconds. */
export const LISTED_AT = 1_700_000_000_000;
export const LISTED_S = LISTED_AT / 1000;
/** When the world began, Unix seconds. */
export const STARTED_S = 1_690_000_000;

/** Endpoint name → its type, its models (a text is only an id), and whether it is out of service. */
export type WorldEndpoints = Readonly<
  Record<string, {
    readonly type: string;
    readonly models: readonly (string | DiscoveredModel)[];
    readonly down?: boolean;
    readonly priority?: number;
    readonly filter?: NameFilter;
  }>
>;

export interface World {
  readonly registry: Registry;
  readonly catalog: Catalog;
  readonly loaded: LoadedModels;
  readonly listing: ModelListing;
  readonly texts: ListTexts;
  /** Takes an endpoint out of service. */
  readonly kill: (name: string) => void;
}

/**
 * Builds a world.
 *
 * @param aliases `model_aliases`.
 * @param ignoredSuffixes `model_registry.ignored_suffixes`.
 */
export function listingWorld(
  endpoints: WorldEndpoints,
  aliases: Record<string, readonly string[]> = {},
  ignoredSuffixes: readonly string[] = [],
): World {
  const registry = new Registry({ breaker: { failures: 5, open_for: 30_000, half_open_max: 1 } });
  const catalog = new Catalog({
    joinByDigest: true,
    takesName: (name, model) => registry.get(name)?.endpoint.takesModel?.(model) !== false,
  });
  const loaded = new LoadedModels();
  const kill = (name: string) => {
    const state = registry.get(name);
    if (state !== undefined) registry.reportUnreachable(state, "refused", 2);
  };
  let port = 0;
  for (const [name, { type, models, down, filter, priority = 100 }] of Object.entries(endpoints)) {
    const endpoint = testEndpoint({
      name,
      url: `http://10.1.2.3:${++port}`,
      type,
      priority,
      ...filter && { model_filter: filter },
    });
    const state = registry.add(endpoint, PROFILES.byType(type));
    registry.observe(state, { kind: "answered", status: 200, latencyMs: 1, loading: false, detail: "" }, 0, 1);
    if (down === true) kill(name);
    catalog.setModels(name, models.map((model) => typeof model === "string" ? { id: model } : model), LISTED_AT);
  }
  const listing = new ModelListing({
    catalog,
    endpoints: () => registry.list(),
    loaded,
    aliases,
    ignoredSuffixes,
    traitsOf: createTraits(onlyBuiltInModelFacts()),
    startedAt: STARTED_S,
  });
  return { registry, catalog, loaded, listing, texts: new ListTexts(listing), kill };
}
