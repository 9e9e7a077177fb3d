import { setImmediate as nextTurn } from "node:timers/promises";
import { onlyBuiltInModelFacts } from "../../src/config/model_facts_load.ts";
import { builtInProfiles } from "../../src/config/profile_load.ts";
import { buildProfileSet } from "../../src/config/profile_set.ts";
import { makeEndpoint } from "../../src/endpoints/endpoint.ts";
import { foundEndpointConfig } from "../../src/endpoints/found_endpoint.ts";
import { Registry } from "../../src/endpoints/registry.ts";
import { Catalog } from "../../src/models/catalog/catalog.ts";
import { OPENAI_FORMAT } from "../../src/models/formats/openai.ts";
import type { ListFormat } from "../../src/models/formats/list_format.ts";
import { UNIFIED_FORMAT } from "../../src/models/formats/unified.ts";
import { EVERYWHERE } from "../../src/models/listing/listed_endpoints.ts";
import { ListTexts } from "../../src/models/listing/list_texts.ts";
import { ModelListing } from "../../src/models/listing/listing.ts";
import { LoadedModels } from "../../src/models/loaded_models.ts";
import { createTraits } from "../../src/models/traits/traits.ts";
import { endpointName, modelName } from "../catalogue_models.ts";
import { measureSlices, type Slices } from "./slices.ts";

/** What writing a list of all models costs the event loop. */
export interface ListFigures {
  /** The first `/v1/models`. */
  readonly first: Slices;
  /** The first one after each endpoint in turn has put one model in the place of another. */
  readonly changed: readonly Slices[];
  /** The first list with all that is known of each model: every name is read for it. */
  readonly unified: Slices;
}

/** Changes that are timed. */
const CHANGES = 9;

/**
 * Writes lists of a new catalogue, as they are before HTTP has them.
 *
 * @throws when a list does not hold what it must
 */
export async function measureLists(
  { endpoints, models }: { readonly endpoints: number; readonly models: number },
  now: () => number,
): Promise<ListFigures> {
  const { catalog, texts } = build(endpoints);
  const put = (endpoint: number, first: number): void => {
    const ids = Array.from({ length: models }, (_, i) => ({ id: modelName(endpoint, first + i) }));
    catalog.setModels(endpointName(endpoint), ids, 1_700_000_000_000);
  };
  const write = (format: ListFormat, newest: string): Promise<Slices> =>
    measureSlices(async () => {
      const text = await texts.text({ scope: EVERYWHERE, format, includeAliases: true, filter: undefined });
      if (!text.includes(`"${newest}"`)) throw new Error(`The list of models lacks "${newest}"`);
    }, now);
  for (let endpoint = 0; endpoint < endpoints; endpoint += 1) put(endpoint, 0);
  const first = await write(OPENAI_FORMAT, modelName(endpoints - 1, models - 1));
  const changed: Slices[] = [];
  for (let endpoint = 0; endpoint < Math.min(CHANGES, endpoints); endpoint += 1) {
    put(endpoint, 1);
    await nextTurn();
    changed.push(await write(OPENAI_FORMAT, modelName(endpoint, models)));
  }
  const unified = await write(UNIFIED_FORMAT, modelName(endpoints - 1, models - 1));
  return { first, changed, unified };
}

function build(endpoints: number): { catalog: Catalog; texts: ListTexts } {
  const { profiles } = buildProfileSet(builtInProfiles());
  const registry = new Registry({ breaker: { failures: 5, open_for: 30_000, half_open_max: 1 } });
  for (let endpoint = 0; endpoint < endpoints; endpoint += 1) {
    const name = endpointName(endpoint);
    const config = foundEndpointConfig({ name, url: `http://127.0.0.1:${9000 + endpoint}`, type: "vllm" });
    const state = registry.add(makeEndpoint(config, profiles), profiles.byType("vllm"));
    registry.observe(state, { kind: "answered", status: 200, latencyMs: 1, loading: false, detail: "" }, 0, 1);
  }
  const catalog = new Catalog({ joinByDigest: true });
  const listing = new ModelListing({
    catalog,
    endpoints: () => registry.list(),
    loaded: new LoadedModels(),
    aliases: {},
    ignoredSuffixes: [],
    traitsOf: createTraits(onlyBuiltInModelFacts()),
    startedAt: 1_700_000_000,
  });
  return { catalog, texts: new ListTexts(listing) };
}
