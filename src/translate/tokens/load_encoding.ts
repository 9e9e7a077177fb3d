import { Encoding } from "./encoding.ts";
import type { EncodingName } from "./families.ts";
import { readVocabulary } from "./vocabulary.ts";

/** As the package `js-tiktoken` has an encoding. */
interface EncodingSource {
  readonly pat_str: string;
  readonly bpe_ranks: string;
}

/** The vocabularies are 1 and 2 MB of text: loaded only when the first text is to be counted. */
const SOURCES: Readonly<Record<EncodingName, () => Promise<{ readonly default: EncodingSource }>>> = {
  o200k_base: () => import("js-tiktoken/ranks/o200k_base"),
  cl100k_base: () => import("js-tiktoken/ranks/cl100k_base"),
};

/**
 * Loads an encoding: 100 to 200 ms in all, in steps.
 *
 * @param pause Called between the steps; lets others run.
 * @throws When the program's own files are incomplete.
 */
export async function loadEncoding(name: EncodingName, pause: () => Promise<unknown>): Promise<Encoding> {
  const { pat_str, bpe_ranks } = (await SOURCES[name]()).default;
  const reading = readVocabulary(bpe_ranks);
  for (;;) {
    const step = reading.next();
    if (step.done === true) return new Encoding(pat_str, step.value);
    await pause();
  }
}
