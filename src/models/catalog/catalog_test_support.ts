import { Catalog, type CatalogOptions } from "./catalog.ts";
import type { DiscoveredModel } from "../model.ts";

/** When the lists of these tests came, epoch ms. */
export const NOW = 1_700_000_000_000;

/** Lists by endpoint name. */
export type Lists = Readonly<Record<string, readonly DiscoveredModel[]>>;

/** Models of which nothing but the name is known. */
export function ids(...names: string[]): DiscoveredModel[] {
  return names.map((id) => ({ id }));
}

/** Models with a digest: `{ "a": "1" }` is the model `a` with the digest `1`. */
export function digests(models: Readonly<Record<string, string>>): DiscoveredModel[] {
  return Object.entries(models).map(([id, digest]) => ({ id, digest }));
}

/** As Ollama lists them: `x:latest` is `x` too. */
export function ollama(...names: string[]): DiscoveredModel[] {
  return names.map((id) => id.endsWith(":latest") ? { id, aliases: [id.slice(0, -":latest".length)] } : { id });
}

/** A catalogue with these lists, taken over in this order. */
export function catalogOf(lists: Lists, options: CatalogOptions = { joinByDigest: true }): Catalog {
  const catalog = new Catalog(options);
  for (const [endpoint, models] of Object.entries(lists)) catalog.setModels(endpoint, models, NOW);
  return catalog;
}

/** `modelId: endpoint=name endpoint=name`, or undefined. `endpoint=name?` where only a wildcard covers it. */
export function show(catalog: Catalog, name: string): string | undefined {
  const found = catalog.resolve(name);
  if (found === undefined) return undefined;
  const hosts = [...found.hosts].map(([endpoint, host]) => `${endpoint}=${host.name}${host.model ? "" : "?"}`);
  return `${found.modelId}: ${hosts.join(" ")}`;
}

/** Each entry as `name name @ endpoint=name endpoint=name`. */
export function showEntries(catalog: Catalog): string[] {
  return catalog.list().map(({ names, copies }) =>
    `${names.join(" ")} @ ${copies.map(({ endpoint, model }) => `${endpoint}=${model.id}`).join(" ")}`
  );
}
