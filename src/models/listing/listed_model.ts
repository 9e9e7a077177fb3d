import { CAPABILITIES } from "../capability.ts";
import type { ListedEndpoint } from "./listed_endpoints.ts";
import type { DiscoveredModel } from "../model.ts";
import type { ModelTraits } from "../traits/traits.ts";

/** The words for a model on an endpoint: in memory, can be asked, or its endpoint is out of service. */
export type CopyState = "loaded" | "available" | "unavailable";

/** One model on one endpoint, as lists show it. Immutable. */
export interface ListedCopy {
  readonly endpoint: ListedEndpoint;
  /** `model.id` is its name there. */
  readonly model: DiscoveredModel;
  /** Whether it is in memory there; undefined where the endpoint does not say. */
  readonly loaded: boolean | undefined;
}

/** The state of a copy in the one vocabulary that users see. */
export function copyState({ endpoint, loaded }: ListedCopy): CopyState {
  if (!endpoint.inService) return "unavailable";
  return loaded === true ? "loaded" : "available";
}

/** One line of a list: a name to ask olla for, and the model behind it. */
export interface ListedLine {
  readonly id: string;
  readonly model: ListedModel;
}

const UNKNOWN = "unknown";
const NONE: readonly never[] = [];

/** What a listed model is made of. */
export interface ListedModelParts {
  /** What clients may call it, sorted. Never empty. */
  readonly names: readonly string[];
  /** In the catalogue's order. Never empty. */
  readonly copies: readonly ListedCopy[];
  /** Unix seconds. */
  readonly created: number;
  /** True for a name of `model_aliases`. */
  readonly isAlias: boolean;
  readonly traitsOf: (model: DiscoveredModel) => ModelTraits;
}

/**
 * A model as lists show it: what its endpoints say, joined. Immutable; what takes effort is found when it is first asked
 * for, since most formats need little.
 *
 * Single facts (family, size, …) are those of the copy that a request would reach first: in service, then the highest
 * priority. What that copy leaves open, the next one tells, but not for an alias, whose copies may be different models. Limits are the least of all copies, also of those out of service: a prompt that was sized by the list must
 * still fit when an endpoint comes back. Capabilities are those of any copy in service, since a request that needs one is
 * sent to a copy that has it. Prices are the highest, so that nothing costs more than the list says.
 */
export class ListedModel implements ListedLine {
  /** The first of its names. */
  readonly id: string;
  readonly names: readonly string[];
  readonly copies: readonly ListedCopy[];
  readonly created: number;
  readonly isAlias: boolean;
  /** Whether at least one endpoint that has it is in service. */
  readonly inService: boolean;
  /** One for each name but the first. The same objects for as long as nothing about the model changes. */
  readonly otherLines: readonly ListedLine[];
  readonly #traitsOf: (model: DiscoveredModel) => ModelTraits;
  #ranked: readonly ListedCopy[] | undefined;
  #capabilities: readonly string[] | undefined;

  constructor({ names, copies, created, isAlias, traitsOf }: ListedModelParts) {
    this.id = names[0] ?? "";
    this.names = names;
    this.copies = copies;
    this.created = created;
    this.isAlias = isAlias;
    this.inService = copies.some((copy) => copy.endpoint.inService);
    this.otherLines = names.length === 1 ? NONE : names.slice(1).map((id) => ({ id, model: this }));
    this.#traitsOf = traitsOf;
  }

  /** It is itself the line of its first name: most models have no other, and thousands of objects more cost memory. */
  get model(): this {
    return this;
  }

  /** One for each name. */
  get lines(): readonly ListedLine[] {
    return [this, ...this.otherLines];
  }

  /** The best state of its copies. */
  get state(): CopyState {
    if (!this.inService) return "unavailable";
    return this.loaded === true ? "loaded" : "available";
  }

  /** True when a copy in service is in memory, false when each of them is known not to be. */
  get loaded(): boolean | undefined {
    let unknown = false;
    for (const { endpoint, loaded } of this.copies) {
      if (!endpoint.inService) continue;
      if (loaded === true) return true;
      if (loaded === undefined) unknown = true;
    }
    return unknown || !this.inService ? undefined : false;
  }

  /** Tokens. */
  get contextLength(): number | undefined {
    return this.#least("contextLength");
  }

  /** Tokens. */
  get maxOutputTokens(): number | undefined {
    return this.#least("maxOutputTokens");
  }

  get inputCostPerToken(): number | undefined {
    return this.#highest("inputCostPerToken");
  }

  get outputCostPerToken(): number | undefined {
    return this.#highest("outputCostPerToken");
  }

  /** In the order of {@link CAPABILITIES}, and then the user's own words, sorted. */
  get capabilities(): readonly string[] {
    const asked = this.inService ? this.copies.filter((copy) => copy.endpoint.inService) : this.copies;
    const [only] = asked;
    if (only !== undefined && asked.length === 1) return this.#traitsOf(only.model).capabilities;
    if (this.#capabilities === undefined) {
      const all = new Set(asked.flatMap((copy) => this.#traitsOf(copy.model).capabilities));
      const known = CAPABILITIES.filter((capability) => all.delete(capability));
      this.#capabilities = [...known, ...[...all].sort()];
    }
    return this.#capabilities;
  }

  /** A fact that a backend states. */
  stated<Key extends keyof DiscoveredModel>(key: Key): DiscoveredModel[Key] | undefined {
    return this.#first((copy) => copy.model[key]);
  }

  /** A fact that is stated or follows from the name; undefined for `unknown`, too. */
  trait<Key extends keyof ModelTraits>(key: Key): ModelTraits[Key] | undefined {
    return this.#first((copy) => {
      const value = this.#traitsOf(copy.model)[key];
      return value === UNKNOWN ? undefined : value;
    });
  }

  /** Every name that reaches it, with the type of the endpoint that has it under this name; each once. */
  get aliases(): readonly { readonly name: string; readonly source: string }[] {
    const sources = new Map<string, string>();
    for (const { endpoint, model } of this.copies) if (!sources.has(model.id)) sources.set(model.id, endpoint.type);
    for (const { endpoint, model } of this.copies) {
      for (const name of model.aliases ?? []) if (!sources.has(name)) sources.set(name, endpoint.type);
    }
    return [...sources].map(([name, source]) => ({ name, source }));
  }

  #first<T>(read: (copy: ListedCopy) => T): T | undefined {
    // Most models have one copy, or say the same everywhere: no reason to sort.
    this.#ranked ??= this.copies.length === 1 ? this.copies : this.copies.toSorted(byReach);
    for (const copy of this.isAlias ? this.#ranked.slice(0, 1) : this.#ranked) {
      const value = read(copy);
      if (value !== undefined) return value;
    }
    return undefined;
  }

  #least(key: "contextLength" | "maxOutputTokens"): number | undefined {
    let least: number | undefined;
    for (const { model } of this.copies) {
      const value = model[key];
      if (value !== undefined && (least === undefined || value < least)) least = value;
    }
    return least;
  }

  #highest(key: "inputCostPerToken" | "outputCostPerToken"): number | undefined {
    let highest: number | undefined;
    for (const { model } of this.copies) {
      const value = model[key];
      if (value !== undefined && (highest === undefined || value > highest)) highest = value;
    }
    return highest;
  }
}

function byReach(a: ListedCopy, b: ListedCopy): number {
  return Number(b.endpoint.inService) - Number(a.endpoint.inService) || b.endpoint.priority - a.endpoint.priority;
}
