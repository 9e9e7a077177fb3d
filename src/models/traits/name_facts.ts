import type { ModelFacts } from "../../config/model_facts.ts";
import { CAPABILITIES, type Capability } from "../capability.ts";
import { LONGEST_READ, readableName } from "./model_name.ts";
import { type ParameterSize, sizeInName } from "./parameter_size.ts";
import { quantizationInName } from "./quantization.ts";

/** A family, and which of it. */
export interface Family {
  readonly name: string;
  /** Such as `3.1`, `r1` or `large`. */
  readonly variant: string | undefined;
}

/** What a name says a model can be used for. */
export interface NamedUse {
  /** Capabilities, and the user's own words. */
  readonly words: readonly string[];
  /** False when the name ended at a pattern that says: for none of these. */
  readonly open: boolean;
}

/** All that can be read in a model's name. */
export interface NameFacts {
  readonly family: Family | undefined;
  /** Whether the family holds against the architecture that a backend tells. */
  readonly familyHolds: boolean;
  readonly size: ParameterSize | undefined;
  readonly quantization: string | undefined;
  /** Undefined when no pattern matches. */
  readonly use: NamedUse | undefined;
}

const NOTHING: NameFacts = {
  family: undefined,
  familyHolds: false,
  size: undefined,
  quantization: undefined,
  use: undefined,
};

/** What speaks of texts only. */
export const TEXT_USES: ReadonlySet<string> = new Set<Capability>(["chat", "completion", "tools", "code", "reasoning"]);
/** What a model has of its own, or not at all; the rest are additions. */
export const MAIN_USES: ReadonlySet<string> = new Set<Capability>([
  "chat",
  "completion",
  "embeddings",
  "rerank",
  "audio",
  "image",
]);
const KNOWN: ReadonlySet<string> = new Set(CAPABILITIES);

/**
 * Reads a name. Never throws.
 *
 * @param facts With our words (`withKnownWords`).
 */
export function readNameFacts(name: string, facts: ModelFacts): NameFacts {
  const { full, base } = readableName(name, facts.genericNames);
  if (full === "") return NOTHING;
  const found = matchFamily(full, facts);
  const preserved = preservedFamily(base, facts);
  const family = preserved === undefined || preserved === found?.name ? found : { name: preserved, variant: undefined };
  return {
    family,
    familyHolds: preserved !== undefined,
    size: sizeInName(base) ?? sizeInName(full),
    quantization: quantizationInName(base) ?? quantizationInName(name.slice(-LONGEST_READ).toLowerCase()),
    use: matchUse(full, facts),
  };
}

/** The family of an architecture, in the backend's words. */
export function familyOfArchitecture(architecture: string, facts: ModelFacts): Family | undefined {
  const word = architecture.trim().toLowerCase();
  if (word === "" || word === "unknown") return undefined;
  const mapped = facts.architectures.get(word) ?? facts.familyAliases.get(word) ?? matchFamily(word, facts)?.name;
  return { name: aliased(mapped ?? word, facts), variant: undefined };
}

function aliased(family: string, facts: ModelFacts): string {
  return facts.familyAliases.get(family) ?? family;
}

function matchFamily(name: string, facts: ModelFacts): Family | undefined {
  for (const { regexp, familyGroup, variantGroup } of facts.families) {
    const match = regexp.exec(name);
    const family = match?.[familyGroup]?.toLowerCase();
    if (family === undefined || family === "") continue;
    const variant = variantGroup === 0 ? undefined : match?.[variantGroup]?.toLowerCase();
    // Claude's 3-5 is its 3.5.
    const version = variant === "" ? undefined : variant?.replace(/^(\d)-(\d)$/, "$1.$2");
    return { name: aliased(family, facts), variant: version };
  }
  return undefined;
}

function preservedFamily(base: string, facts: ModelFacts): string | undefined {
  const word = facts.preservedFamilies.find((family) =>
    base.startsWith(family) && !/^[a-z]/.test(base.slice(family.length))
  );
  return word === undefined ? undefined : aliased(word, facts);
}

/** 1. All matching patterns add up, to the first final one. 2. What is for vectors, sound or pictures is for no texts. */
function matchUse(name: string, facts: ModelFacts): NamedUse | undefined {
  const words = new Set<string>();
  let matched = false;
  let open = true;
  for (const pattern of facts.names) {
    if (!pattern.regexp.test(name)) continue;
    matched = true;
    if (pattern.final && isNoText(pattern.words)) {
      for (const word of words) if (KNOWN.has(word)) words.delete(word);
      open = false;
    }
    for (const word of pattern.words) words.add(word);
    if (pattern.final) break;
  }
  if (words.has("embeddings") || words.has("rerank")) { for (const word of TEXT_USES) words.delete(word); }
  return matched ? { words: [...words], open } : undefined;
}

/** For something else than texts, or for nothing that there is a word for. */
function isNoText(words: readonly string[]): boolean {
  if (words.includes("chat") || words.includes("completion")) return false;
  return words.length === 0 || words.some((word) => MAIN_USES.has(word));
}
