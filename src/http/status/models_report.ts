import { formatAgo, formatBytes } from "../../lib/human_format.ts";
import { runInSlices } from "../../lib/slices.ts";
import { EVERYWHERE } from "../../models/listing/listed_endpoints.ts";
import { copyState, type ListedModel } from "../../models/listing/listed_model.ts";
import type { ListingView } from "../../models/listing/build_view.ts";
import type { ModelListing } from "../../models/listing/listing.ts";
import { type StatusSources, timestamp } from "./endpoint_report.ts";

/** What the report reads. */
export interface ModelsReportSources extends Pick<StatusSources, "now" | "wallOffset"> {
  readonly listing: ModelListing;
}

const UNKNOWN = "unknown";
const MAX_RECENT = 10;

/** The models of each family, sorted; families sorted, `unknown` last. */
type Families = readonly (readonly [family: string, models: readonly ListedModel[]])[];

/** Views stay the same object while nothing changes, and this page is asked for every few seconds. */
const familiesOfViews = new WeakMap<ListingView, Promise<Families>>();
/** Models whose families are read between two steps: up to half a millisecond, as their names are read for the first time. */
const STEP = 16;

/**
 * The body of `/internal/status/models`: every model that an endpoint has listed, whether in service or not. All times are
 * in fields named `timestamp`, `last_seen` and `last_seen_at`; everything else changes only when a model does.
 *
 * @param query `detailed=true&group=family` adds `model_groups`.
 */
export async function modelsReport(sources: ModelsReportSources, query: URLSearchParams) {
  const view = await sources.listing.view(EVERYWHERE, true);
  const families = await familiesOf(view);
  const endpoints = new Set(view.models.flatMap(({ copies }) => copies.map(({ endpoint }) => endpoint.name)));
  const withGroups = query.get("detailed") === "true" && query.get("group") === "family";
  return {
    timestamp: timestamp(sources.now, sources),
    models_by_family: Object.fromEntries(families.map(([family, models]) => [family, models.map(({ id }) => id)])),
    recent_models: newest(view.models).map((model) => recentModel(model, sources)),
    model_groups: withGroups ? families.map(familyGroup) : undefined,
    total_models: view.models.length,
    total_families: families.length,
    total_endpoints: endpoints.size,
  };
}

function familiesOf(view: ListingView): Promise<Families> {
  let families = familiesOfViews.get(view);
  if (families === undefined) {
    families = runInSlices(groupByFamily(view.models));
    familiesOfViews.set(view, families);
  }
  return families;
}

function* groupByFamily(models: readonly ListedModel[]): Generator<undefined, Families> {
  const families = new Map<string, ListedModel[]>();
  for (const [position, model] of models.entries()) {
    const name = model.trait("family") ?? UNKNOWN;
    const family = families.get(name);
    if (family === undefined) families.set(name, [model]);
    else family.push(model);
    if (position % STEP === 0) yield;
  }
  return [...families].sort(([a], [b]) =>
    Number(a === UNKNOWN) - Number(b === UNKNOWN) || (a < b ? -1 : a > b ? 1 : 0)
  );
}

/** By the time of the model itself: that of the last list is the same for all models of an endpoint. */
function newest(models: readonly ListedModel[]): readonly ListedModel[] {
  const best: ListedModel[] = [];
  for (const model of models) {
    const last = best.at(-1);
    if (best.length === MAX_RECENT && last !== undefined && last.created >= model.created) continue;
    const at = best.findIndex((other) => other.created < model.created);
    best.splice(at === -1 ? best.length : at, 0, model);
    if (best.length > MAX_RECENT) best.pop();
  }
  return best;
}

function recentModel(model: ListedModel, sources: ModelsReportSources) {
  const bytes = model.stated("sizeBytes");
  const seenAt = sources.listing.lastSeenAt(model);
  const endpoints = new Map(model.copies.map(({ endpoint }) => [endpoint.name, endpoint.id]));
  const aliases = model.aliases.map(({ name }) => name).filter((name) => name !== model.id);
  const loadedOn = model.copies.filter((copy) => copyState(copy) === "loaded").map(({ endpoint }) => endpoint.name);
  return {
    last_seen_at: timestamp(seenAt, sources),
    name: model.id,
    type: model.trait("type"),
    family: model.trait("family"),
    size: bytes === undefined ? undefined : formatBytes(bytes),
    params: model.trait("parameterSize"),
    quant: model.trait("quantization"),
    max_context_length: model.contextLength,
    state: model.state,
    last_seen: formatAgo(seenAt, sources.now),
    endpoints: [...endpoints.keys()],
    endpoint_ids: [...endpoints.values()],
    loaded_on: [...new Set(loadedOn)],
    availability: model.copies.map((copy) => ({ endpoint: copy.endpoint.name, state: copyState(copy) })),
    aliases: aliases.length > 0 ? aliases : undefined,
    capabilities: model.capabilities.length > 0 ? model.capabilities : undefined,
  };
}

function familyGroup([family, models]: Families[number]) {
  return {
    family,
    models: models.map(({ id }) => id),
    endpoints: [...new Set(models.flatMap(({ copies }) => copies.map(({ endpoint }) => endpoint.name)))].sort(),
    model_count: models.length,
  };
}
