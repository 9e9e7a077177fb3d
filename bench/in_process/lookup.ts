import { builtInProfiles } from "../../src/config/profile_load.ts";
import { buildProfileSet } from "../../src/config/profile_set.ts";
import { makeEndpoint } from "../../src/endpoints/endpoint.ts";
import { foundEndpointConfig } from "../../src/endpoints/found_endpoint.ts";
import { Registry } from "../../src/endpoints/registry.ts";
import { Catalog } from "../../src/models/catalog/catalog.ts";
import { CandidateIndex } from "../../src/routing/candidates.ts";
import { NO_NEEDS } from "../../src/routing/needs.ts";
import { ANY_SCOPE } from "../../src/routing/route_scope.ts";
import { CATALOGUE_ENDPOINTS, catalogueNames, endpointName } from "../catalogue_models.ts";
import { median } from "../statistics.ts";

/** Nanoseconds to the list of candidates for one request. */
export interface LookupFigures {
  /** For a name that was asked for since anything last changed. */
  readonly again: number;
  /** For a name that nobody has asked for yet. */
  readonly fresh: number;
}

/** How much is timed. */
export interface LookupCounts {
  /** Batches of either catalogue, in turns, so that a disturbance hits one batch and not one catalogue. */
  readonly batches: number;
  /** Look-ups of a batch. */
  readonly again: number;
  readonly fresh: number;
}

/** Names that are asked for again and again: as many as a busy installation has in use, or all of a small catalogue. */
const IN_USE = 1000;

/** Two catalogues that are compared. */
export interface Compared<Item> {
  readonly small: Item;
  readonly large: Item;
}

/**
 * Times how long routing takes to find out who could serve a model, in catalogues of two sizes, both spread over
 * {@link CATALOGUE_ENDPOINTS} endpoints.
 *
 * @param models How many each of them has.
 * @param now Milliseconds.
 * @returns Medians over the batches.
 * @throws when a model of a catalogue is not found
 */
export function compareLookups(
  models: Compared<number>,
  counts: LookupCounts,
  now: () => number,
): Compared<LookupFigures> {
  const small = prepare(models.small, now);
  const large = prepare(models.large, now);
  const batches = Array.from({ length: counts.batches }, () => ({
    small: timeBatch(small, counts),
    large: timeBatch(large, counts),
  }));
  return { small: medians(batches.map((batch) => batch.small)), large: medians(batches.map((batch) => batch.large)) };
}

/** Times so many look-ups; nanoseconds for each. */
type Stopwatch = Record<keyof LookupFigures, (count: number) => number>;

function timeBatch({ again, fresh }: Stopwatch, counts: LookupCounts): LookupFigures {
  return { again: again(counts.again), fresh: fresh(counts.fresh) };
}

function medians(figures: readonly LookupFigures[]): LookupFigures {
  return {
    again: median(figures.map(({ again }) => again)) ?? Number.NaN,
    fresh: median(figures.map(({ fresh }) => fresh)) ?? Number.NaN,
  };
}

/** Builds a catalogue of so many models to time look-ups in. */
function prepare(models: number, now: () => number): Stopwatch {
  const names = catalogueNames(models);
  const index = candidateIndex(names);
  const ask = (model: string): void => {
    const found = index.find({
      scope: ANY_SCOPE,
      method: "POST",
      path: "/v1/chat/completions",
      model,
      needs: NO_NEEDS,
      operation: undefined,
      hasOwner: false,
    });
    if (found.kind !== "list") throw new Error(`Routing refuses "${model}": ${found.error.message}`);
  };
  const nanoseconds = (asked: readonly string[]): number => {
    const start = now();
    for (const name of asked) ask(name);
    return ((now() - start) * 1e6) / asked.length;
  };
  const inUse = shuffled(names).slice(0, IN_USE);
  let spellings = 0;
  return {
    again(count) {
      for (const name of inUse) ask(name);
      return nanoseconds(Array.from({ length: count }, () => anyOf(inUse)));
    },
    // Every spelling is another name to whatever remembers answers, and leads to the same model.
    fresh: (count) => nanoseconds(Array.from({ length: count }, () => respelled(anyOf(names), ++spellings))),
  };
}

/** The name with some letters in upper case: another spelling for every number below 2^17. */
export function respelled(name: string, number: number): string {
  let letters = 0;
  return name.replace(/[a-z]/g, (letter) => (number >> letters++) & 1 ? letter.toUpperCase() : letter);
}

function candidateIndex(names: readonly string[]): CandidateIndex {
  const { profiles } = buildProfileSet(builtInProfiles());
  const registry = new Registry({ breaker: { failures: 5, open_for: 30_000, half_open_max: 1 } });
  const catalog = new Catalog({ joinByDigest: true });
  for (let endpoint = 0; endpoint < CATALOGUE_ENDPOINTS; endpoint += 1) {
    const name = endpointName(endpoint);
    const config = foundEndpointConfig({ name, url: `http://127.0.0.1:${9000 + endpoint}`, type: "vllm" });
    const state = registry.add(makeEndpoint(config, profiles), profiles.byType("vllm"));
    registry.observe(state, { kind: "answered", status: 200, latencyMs: 1, loading: false, detail: "" }, 0, 1);
    const listed = names.filter((_, i) => i % CATALOGUE_ENDPOINTS === endpoint);
    catalog.setModels(name, listed.map((id) => ({ id })), 1000);
  }
  return new CandidateIndex({
    endpoints: registry,
    models: catalog,
    modelsKnown: true,
    modelsHaving: () => [],
    aliases: {},
    ignoredSuffixes: [],
    policy: { type: "strict", fallback: "none", refreshOnMiss: true, refreshTimeoutMs: 2000 },
    isLoaded: () => undefined,
  });
}

function anyOf(names: readonly string[]): string {
  return names[Math.floor(Math.random() * names.length)] ?? "";
}

function shuffled(names: readonly string[]): string[] {
  return names.map((name) => ({ name, at: Math.random() })).sort((a, b) => a.at - b.at).map(({ name }) => name);
}
