import { compileGoRegExp } from "../lib/go_regexp.ts";
import type { ModelFactSheet } from "./model_facts_schema.ts";

/** Finds family and version in a name. */
export interface FamilyPattern {
  readonly regexp: RegExp;
  /** Number of the group that holds the family; 0 is the whole match. */
  readonly familyGroup: number;
  /** Number of the group that holds the version; 0 is none. */
  readonly variantGroup: number;
}

/** What a name tells of a model's use. */
export interface NamePattern {
  readonly regexp: RegExp;
  /** Folded by {@link foldWord}. */
  readonly words: readonly string[];
  /** Patterns after it are not looked at once it matches. */
  readonly final: boolean;
}

/** What is known about models by their names, ready to use. All names in it are in lower case. */
export interface ModelFacts {
  readonly families: readonly FamilyPattern[];
  /** Architecture → family. */
  readonly architectures: ReadonlyMap<string, string>;
  readonly familyAliases: ReadonlyMap<string, string>;
  /** Family → maker. */
  readonly publishers: ReadonlyMap<string, string>;
  /** Quantisation, folded by {@link foldWord} → how it is shown. */
  readonly quantizations: ReadonlyMap<string, string>;
  /** A backend's word for the kind of a model, folded → words of use. */
  readonly types: ReadonlyMap<string, readonly string[]>;
  readonly names: readonly NamePattern[];
  /** Words for models with so many tokens of context or more. */
  readonly contexts: readonly { readonly word: string; readonly tokens: number }[];
  /** Families that the start of a name tells better than an architecture; the longest first. */
  readonly preservedFamilies: readonly string[];
  readonly genericNames: ReadonlySet<string>;
}

/** One spelling for words that are written as `Tool_Use`, `tool use` and `tool-use`. */
export function foldWord(word: string): string {
  return word.trim().toLowerCase().replace(/[\s_]+/g, "-");
}

/**
 * Joins sheets: patterns of an earlier one are tried first, and in its mappings it has the last word.
 *
 * @throws {SyntaxError} When a pattern cannot be read; the schema has checked them.
 */
export function compileModelFacts(sheets: readonly ModelFactSheet[]): ModelFacts {
  const extractions = sheets.map((sheet) => sheet.model_extraction);
  const uses = sheets.map((sheet) => sheet.capabilities);
  const rules = sheets.map((sheet) => sheet.special_rules);
  return {
    families: extractions.flatMap((part) => part?.family_patterns ?? []).map((entry) => ({
      regexp: compileGoRegExp(entry.pattern),
      familyGroup: entry.family_group ?? 1,
      variantGroup: entry.variant_group ?? 0,
    })),
    architectures: joined(extractions.map((part) => part?.architecture_mappings), lower, lower),
    familyAliases: joined(extractions.map((part) => part?.family_aliases), lower, lower),
    publishers: joined(extractions.map((part) => part?.publisher_mappings), lower, same),
    quantizations: joined(sheets.map((sheet) => sheet.quantization?.mappings), foldWord, same),
    types: joined(uses.map((part) => part?.type_capabilities), foldWord, (words) => words.map(foldWord)),
    names: uses.flatMap((part) => part?.name_patterns ?? []).map((entry) => ({
      regexp: compileGoRegExp(entry.pattern),
      words: (entry.capabilities ?? []).map(foldWord),
      final: entry.final ?? false,
    })),
    contexts: [...joined(uses.map((part) => part?.context_thresholds), foldWord, same)]
      .map(([word, tokens]) => ({ word, tokens })),
    preservedFamilies: [...new Set(rules.flatMap((part) => part?.preserve_family ?? []).map(lower))]
      .toSorted((a, b) => b.length - a.length),
    genericNames: new Set(rules.flatMap((part) => part?.generic_names ?? []).map(lower)),
  };
}

function joined<From, To>(
  parts: readonly (Readonly<Record<string, From>> | undefined)[],
  fold: (key: string) => string,
  read: (value: From) => To,
): ReadonlyMap<string, To> {
  const map = new Map<string, To>();
  for (const part of parts.toReversed()) {
    for (const [key, value] of Object.entries(part ?? {})) map.set(fold(key), read(value));
  }
  return map;
}

function lower(text: string): string {
  return text.toLowerCase();
}

function same<T>(value: T): T {
  return value;
}
