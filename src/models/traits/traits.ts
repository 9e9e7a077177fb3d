import { foldWord, type ModelFacts } from "../../config/model_facts.ts";
import { CAPABILITIES, type Capability } from "../capability.ts";
import { withKnownWords } from "./known_words.ts";
import type { DiscoveredModel } from "../model.ts";
import {
  type Family,
  familyOfArchitecture,
  MAIN_USES,
  type NamedUse,
  type NameFacts,
  readNameFacts,
  TEXT_USES,
} from "./name_facts.ts";
import { type ParameterSize, statedSize } from "./parameter_size.ts";
import { statedQuantization } from "./quantization.ts";

/** The kinds of model, as lists show them. */
export type ModelType = "llm" | "vlm" | "embeddings" | "rerank" | "audio" | "image" | "unknown";

/** What a model is: the backend's own words first, and its name for what they leave open. */
export interface ModelTraits {
  /** `unknown` when neither architecture nor name tells. */
  readonly family: string;
  /** Which of the family, such as `3.1`. */
  readonly variant: string | undefined;
  /** Such as `8b`, `137m`, `8x7b`. */
  readonly parameterSize: string | undefined;
  /** As far as the size tells it; undefined for mixtures, whose experts share parameters. */
  readonly parameterCount: number | undefined;
  /** The short word for it, such as `q4km`; one that is not known, in lower case. */
  readonly quantization: string | undefined;
  readonly publisher: string | undefined;
  readonly type: ModelType;
  /** In the order of {@link CAPABILITIES}, and then the user's own words, sorted. */
  readonly capabilities: readonly string[];
}

/** Names come from backends, so the memory of what was read in them has a bound. */
const MAX_REMEMBERED = 20_000;

/** Gives one object for all that are equal: ten thousand names tell few different things. */
function makeShared<T>(): (value: T) => T {
  const known = new Map<string, T>();
  return function share(value) {
    const key = JSON.stringify(value);
    const same = known.get(key);
    if (same !== undefined) return same;
    if (known.size >= MAX_REMEMBERED) known.clear();
    known.set(key, value);
    return value;
  };
}

/** Makes {@link traitsOf} for one set of facts. It remembers what it found, per model and per name. */
export function createTraits(facts: () => ModelFacts): (model: DiscoveredModel) => ModelTraits {
  const ofModels = new WeakMap<DiscoveredModel, ModelTraits>();
  const ofNames = new Map<string, NameFacts>();
  const sharedFacts = makeShared<NameFacts>();
  const sharedTraits = makeShared<ModelTraits>();
  const readName = (name: string): NameFacts => {
    const known = ofNames.get(name);
    if (known !== undefined) return known;
    if (ofNames.size >= MAX_REMEMBERED) ofNames.clear();
    const read = sharedFacts(readNameFacts(name, withKnownWords(facts())));
    ofNames.set(name, read);
    return read;
  };
  return function traitsOfModel(model) {
    const known = ofModels.get(model);
    if (known !== undefined) return known;
    const traits = sharedTraits(join(model, withKnownWords(facts()), readName));
    ofModels.set(model, traits);
    return traits;
  };
}

/** What a model is. Pure; never throws. */
export function traitsOf(model: DiscoveredModel, facts: ModelFacts): ModelTraits {
  const known = withKnownWords(facts);
  return join(model, known, (name) => readNameFacts(name, known));
}

function join(model: DiscoveredModel, facts: ModelFacts, readName: (name: string) => NameFacts): ModelTraits {
  // A name that tells nothing may stand for weights that do.
  const names = [model.id, model.checkpoint, model.parent].filter((name) => name !== undefined).map(readName);
  const family = familyOf(model, names, facts);
  const size = sizeOf(model, names);
  const said = statedQuantization(model.quantization) ?? first(names.slice(0, 2), (name) => name.quantization);
  const use = first(names, (name) => name.use) ?? (model.family === undefined ? undefined : readName(model.family).use);
  const capabilities = joinCapabilities(model, use, facts);
  return {
    family: family?.name ?? "unknown",
    variant: family?.variant,
    parameterSize: size?.label,
    parameterCount: size?.count,
    quantization: said === undefined ? undefined : facts.quantizations.get(foldWord(said)) ?? said,
    publisher: model.ownedBy ?? (family === undefined ? undefined : facts.publishers.get(family.name)),
    type: typeOf(capabilities),
    capabilities,
  };
}

function first<Item, T>(items: readonly Item[], read: (item: Item) => T | undefined): T | undefined {
  for (const item of items) {
    const value = read(item);
    if (value !== undefined) return value;
  }
  return undefined;
}

function familyOf(model: DiscoveredModel, names: readonly NameFacts[], facts: ModelFacts): Family | undefined {
  const held = names.find((name) => name.familyHolds)?.family;
  if (held !== undefined) return held;
  const named = first(names, (name) => name.family);
  const stated = model.family === undefined ? undefined : familyOfArchitecture(model.family, facts);
  return stated === undefined || stated.name === named?.name ? named : stated;
}

function sizeOf(model: DiscoveredModel, names: readonly NameFacts[]): ParameterSize | undefined {
  const stated = model.parameterSize === undefined ? undefined : statedSize(model.parameterSize);
  return stated ?? first(names, (name) => name.size);
}

/**
 * 1. What the backend states of a word holds, and so does the kind that it gives the model. 2. The name adds what that
 * leaves open, but no chat to a model that is for something else, and no embeddings to one for texts. 3. What then still
 * has no use is a text model, unless its name or the backend says otherwise.
 */
function joinCapabilities(model: DiscoveredModel, use: NamedUse | undefined, facts: ModelFacts): readonly string[] {
  const said = model.capabilities ?? {};
  const typed = model.type === undefined ? [] : facts.types.get(foldWord(model.type)) ?? [];
  // 1
  const isDenied = (word: string) => said[word as Capability] === false;
  const words = new Set<string>(typed.filter((word) => !isDenied(word)));
  for (const word of CAPABILITIES) if (said[word] === true) words.add(word);
  const isText = words.has("chat") || words.has("completion");
  const isVector = words.has("embeddings") || words.has("rerank");
  const isOther = !isText && (isVector || typed.some((word) => MAIN_USES.has(word)));
  // 2
  for (const word of use?.words ?? []) {
    if (isDenied(word)) continue;
    if (isText && (word === "embeddings" || word === "rerank")) continue;
    if (isOther && (MAIN_USES.has(word) || TEXT_USES.has(word))) continue;
    words.add(word);
  }
  // 3
  const hasUse = [...words].some((word) => MAIN_USES.has(word));
  const endsThere = use !== undefined && !use.open && !(use.words.length > 0 && use.words.every(isDenied));
  if (!isOther && !endsThere && (!hasUse || onlyHeard(words, said))) {
    for (const word of ["chat", "completion"] as const) if (!isDenied(word)) words.add(word);
  }
  for (const { word, tokens } of facts.contexts) {
    if ((model.contextLength ?? 0) >= tokens) words.add(word);
  }
  const own = [...words].filter((word) => !(CAPABILITIES as readonly string[]).includes(word)).sort();
  return [...CAPABILITIES.filter((word) => words.has(word)), ...own];
}

/** The backend says that the model takes sound or makes pictures, as chat models do too, and nothing of its use. */
function onlyHeard(words: ReadonlySet<string>, said: DiscoveredModel["capabilities"]): boolean {
  const uses = [...words].filter((word) => MAIN_USES.has(word));
  return uses.every((word) => (word === "audio" || word === "image") && said?.[word] === true);
}

function typeOf(capabilities: readonly string[]): ModelType {
  const has = (word: Capability) => capabilities.includes(word);
  if (has("chat") || has("completion")) return has("vision") ? "vlm" : "llm";
  for (const word of ["embeddings", "rerank", "audio", "image"] as const) if (has(word)) return word;
  return has("vision") ? "vlm" : "unknown";
}
