import * as v from "valibot";
import { compileGoRegExp } from "../lib/go_regexp.ts";
import { boolean, integer, list, mapping, nonEmptyText, optionalSetting, record, text } from "./setting_kinds.ts";

const givenPattern = v.pipe(
  nonEmptyText("a regular expression"),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    try {
      compileGoRegExp(dataset.value);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      addIssue({ message: `must be a regular expression that can be read (${reason})` });
    }
  }),
);

/** A missing one is told as an empty one is. */
const pattern = v.nullish(givenPattern, "");

const word = nonEmptyText("a word");
const words = list(word, "a list of words");
const key = text("a text");

function wordsBy(what: string) {
  return record(key, word, what);
}

const extraction = mapping({
  family_patterns: optionalSetting(
    list(
      mapping({
        pattern,
        family_group: optionalSetting(integer(0, 99), "Which group of the pattern is the family; 1 when left out."),
        variant_group: optionalSetting(integer(0, 99), "Which group is the version; none when left out or 0."),
        description: optionalSetting(text(), "For people."),
      }),
      "a list of patterns",
    ),
    "The first that matches a model's name gives its family and version.",
  ),
  architecture_mappings: optionalSetting(
    wordsBy("a mapping of architectures to families"),
    "What a backend calls the architecture, and the family that it is of.",
  ),
  family_aliases: optionalSetting(wordsBy("a mapping of names to families"), "Other names of a family."),
  publisher_mappings: optionalSetting(
    wordsBy("a mapping of families to their makers"),
    "Who makes a family, where the backend does not say.",
  ),
});

const capabilities = mapping({
  type_capabilities: optionalSetting(
    record(key, words, "a mapping of types to lists of words"),
    "What a backend's word for the kind of a model comes to.",
  ),
  name_patterns: optionalSetting(
    list(
      mapping({
        pattern,
        capabilities: optionalSetting(words, "What a model with such a name can be used for."),
        final: optionalSetting(boolean(), "The patterns below are not looked at for a name that this one matches."),
        description: optionalSetting(text(), "For people."),
      }),
      "a list of patterns",
    ),
    "What names tell, for whatever the backend does not say.",
  ),
  context_thresholds: optionalSetting(
    record(key, integer(1), "a mapping of words to numbers of tokens"),
    "Words for models with so many tokens of context or more.",
  ),
});

/** The file `models.yaml` as it is written: everything may be left out. */
export const modelFactsSchema = mapping({
  model_extraction: optionalSetting(extraction, "Families, versions and makers."),
  quantization: optionalSetting(
    mapping({
      mappings: optionalSetting(wordsBy("a mapping of quantisations to short words"), "Short words for quantisations."),
    }),
    "How quantisations are shown.",
  ),
  capabilities: optionalSetting(capabilities, "What models can be used for."),
  special_rules: optionalSetting(
    mapping({
      preserve_family: optionalSetting(words, "Families that a name tells better than the backend's architecture."),
      generic_names: optionalSetting(words, "Names of files and folders that say nothing about a model."),
    }),
    "Exceptions.",
  ),
});

/** A `models.yaml`, read. Plain data. */
export type ModelFactSheet = v.InferOutput<typeof modelFactsSchema>;
