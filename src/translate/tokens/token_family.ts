import type { TokenFamily } from "./families.ts";

/** Patterns in the order in which they are tried, since many a name holds two: `deepseek-r1-distill-llama` is Llama. */
const PATTERNS: readonly (readonly [pattern: RegExp, family: TokenFamily])[] = [
  [/distill-?llama/, "llama3"],
  [/distill-?qwen/, "qwen"],
  [/gpt-?oss|gpt-?4o|gpt-?4\.[1-9]|gpt-?[5-9]|chatgpt|(?:^|[/.:_-])o[1-9](?:$|[-_:@])|codex/, "o200k_base"],
  [/gpt-?4|gpt-?3\.?5|text-embedding-(?:3|ada)/, "cl100k_base"],
  [/claude/, "claude"],
  [/llama-?[4-9]/, "other"],
  [/llama[-_ ]?3|llama3|hermes-?[34]|nemotron-?(?:70b|super|ultra|nano-8b)/, "llama3"],
  [/llama[-_ ]?2|codellama|vicuna|tinyllama|phi-?3|mixtral|mistral-7b|mistral:7b|zephyr|solar/, "sentencepiece"],
  [/qwen|qwq|qvq/, "qwen"],
  [/deepseek/, "deepseek"],
  [/gemma|gemini/, "gemma"],
  [/mistral|ministral|magistral|devstral|pixtral|voxtral|codestral|nemo(?!tron)/, "mistral"],
  [/llama/, "llama3"],
];
const LONGEST_READ = 256;

/**
 * Whose vocabulary a model has.
 *
 * @param names What it is called, the most telling first: its name at the backend, its family or architecture. The first
 *   of them that says something counts.
 */
export function tokenFamily(...names: readonly (string | undefined)[]): TokenFamily {
  for (const name of names) {
    const lower = name?.slice(0, LONGEST_READ).toLowerCase() ?? "";
    for (const [pattern, family] of PATTERNS) {
      if (pattern.test(lower)) return family;
    }
  }
  return "other";
}
