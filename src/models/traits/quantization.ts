/** Matches at the borders of words. The first alternatives are the longer forms of later ones. */
const IN_NAME = new RegExp(
  `(?:^|[^a-z0-9])(${
    [
      "(?:awq|gptq|bnb|hqq|aqlm|autoround)[-_]?(?:int[2348]|[2348][-_]?bits?)",
      "(?:i|t)?q[1-8][-_]k(?:[-_](?:xxs|xs|xl|s|m|l))?",
      "iq[1-4][-_](?:xxs|xs|nl|s|m)",
      "t?q[1-8][-_][01]",
      "mxfp[468]|nvfp4|nf4|fp[48]|bf16|fp?16|fp?32|int[48]",
      "w[48]a(?:16|8|4)",
      "awq|gptq|exl[23]",
      "\\d(?:\\.\\d+)?bpw",
      "[1-8](?:\\.\\d+)?-?bits?",
      "q[1-8]",
    ].join("|")
  })(?=$|[^a-z0-9])`,
);

/** What backends say when they do not know. */
const NO_WORDS = new Set(["", "unknown", "none", "unquantized", "n/a", "null"]);

/**
 * Finds a quantisation in a model's name.
 *
 * @param name In lower case.
 * @returns As it stands there, in lower case.
 */
export function quantizationInName(name: string): string | undefined {
  return IN_NAME.exec(name)?.[1];
}

/** What a backend states, unless it says that it does not know. */
export function statedQuantization(word: string | undefined): string | undefined {
  return word === undefined || NO_WORDS.has(word.trim().toLowerCase()) ? undefined : word.trim().toLowerCase();
}
