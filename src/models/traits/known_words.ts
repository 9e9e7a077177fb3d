import { foldWord, type ModelFacts } from "../../config/model_facts.ts";
import { capabilityOf } from "./capability_of.ts";

const translated = new WeakMap<ModelFacts, ModelFacts>();

/** The same facts with our words for what there is one, such as those of the Go program; others stay the user's own. */
export function withKnownWords(facts: ModelFacts): ModelFacts {
  const before = translated.get(facts);
  if (before !== undefined) return before;
  const after: ModelFacts = {
    ...facts,
    types: new Map([...facts.types].map(([type, words]) => [type, words.map(knownWord)])),
    names: facts.names.map((pattern) => ({ ...pattern, words: pattern.words.map(knownWord) })),
    contexts: facts.contexts.map(({ word, tokens }) => ({ word: knownWord(word), tokens })),
  };
  translated.set(facts, after);
  return after;
}

/** Our word for it where there is one, else the word as it is compared: lower case, with hyphens. */
export function knownWord(word: string): string {
  return capabilityOf(word) ?? foldWord(word);
}
