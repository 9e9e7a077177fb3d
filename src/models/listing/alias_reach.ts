import type { ListedEndpoint } from "./listed_endpoints.ts";
import type { DiscoveredModel, Resolution } from "../model.ts";

/** A model that an alias leads to on an endpoint. */
export interface ReachedCopy {
  readonly endpoint: ListedEndpoint;
  /** Only a name where nothing but a wildcard (`openai/*`) covers it. */
  readonly model: DiscoveredModel;
}

/**
 * What an alias leads to: on each endpoint the first of its targets that is there. Sorted by endpoint.
 *
 * @param targets Names as configured, in order of preference.
 */
export function aliasReach(
  targets: readonly string[],
  { resolve, endpoints }: {
    readonly resolve: (name: string) => Resolution | undefined;
    readonly endpoints: Iterable<ListedEndpoint>;
  },
): ReachedCopy[] {
  const resolved = targets.flatMap((target) => resolve(target)?.hosts ?? []);
  const copies: ReachedCopy[] = [];
  for (const endpoint of endpoints) {
    const host = resolved.find((hosts) => hosts.has(endpoint.name))?.get(endpoint.name);
    if (host !== undefined) copies.push({ endpoint, model: host.model ?? { id: host.name } });
  }
  return copies.sort((a, b) => a.endpoint.name < b.endpoint.name ? -1 : 1);
}
