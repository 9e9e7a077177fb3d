/** What makes two names alike. */
export interface LookAlikeName {
  /** Equal for names that look alike; empty for a name that tells nothing. */
  readonly key: string;
  /** What the name says of its quantisation, without separators; empty for nothing. */
  readonly quantization: string;
}

const WEIGHTS_FILE = /(?:-\d{5}-of-\d{5})?\.(?:gguf|ggml|safetensors|onnx)$/;
const LATEST = ":latest";
const FORMAT = /^(?:gguf|ggml|mlx|onnx|safetensors)$/;
/** Without separators: `q4_k_m` is `q4km` here. */
const QUANTIZATION = new RegExp(
  `^(?:${
    [
      "(?:ud)?[it]?q[1-8]k?(?:xxs|xs|xl|nl|s|m|l|[01])?",
      "mxfp[468]|nvfp4|nf4|fp(?:4|8|16|32)|bf16|f16|f32|int[48]|w[48]a(?:4|8|16)",
      "awq|gptq|exl[23]|bnb|[1-8]bits?|\\d{1,3}bpw",
    ].join("|")
  })$`,
);
/** `ud-q4_k_xl` has the most. */
const MOST_PARTS = 4;

/** Longer names are no names, and take time to look at. */
const LONGEST_READ = 256;

/**
 * Pure. Strips a name of how servers write it: letter case, provider or folder before a slash, file endings, `:latest`,
 * a quantisation or format at its end, and separators. Sizes and words such as `instruct` stay: they tell models apart.
 */
export function lookAlikeName(name: string): LookAlikeName {
  const { parts, quantization } = read(name);
  let key = "";
  for (const part of parts) {
    // Between two digits one separator stays: `llama3:18b` is not `llama3.1:8b`.
    key += isDigit(key, key.length - 1) && isDigit(part, 0) ? `.${part}` : part;
  }
  return { key, quantization };
}

/** Pure. The name as people would write it: `gpt-oss-120b` for `openai/gpt-oss:120b-mxfp4.gguf`. */
export function plainName(name: string): string {
  const { base, parts } = read(name);
  let end = 0;
  for (const part of parts) end = base.indexOf(part, end) + part.length;
  return base.slice(0, end).replace(/^[-_.:@ ]+/, "").replace(/[:@ ]+/g, "-");
}

interface NameParts {
  /** In lower case, without what stands before the last slash. */
  readonly base: string;
  /** What separators keep apart in it, less what tells of the weights. */
  readonly parts: readonly string[];
  readonly quantization: string;
}

function read(name: string): NameParts {
  let base = name.slice(-LONGEST_READ).toLowerCase();
  base = base.slice(Math.max(base.lastIndexOf("/"), base.lastIndexOf("\\")) + 1);
  if (base.endsWith(LATEST)) base = base.slice(0, -LATEST.length);
  if (base.includes(".")) base = base.replace(WEIGHTS_FILE, "");
  const parts = base.split(/[-_.:@ ]+/);
  const quantization: string[] = [];
  for (let count = weightParts(parts); count > 0; count = weightParts(parts)) {
    const word = parts.splice(-count).join("");
    if (!FORMAT.test(word)) quantization.unshift(word);
  }
  return { base, parts, quantization: quantization.join("-") };
}

/** How many of the last parts tell of the weights: the most that make one word. The first part is always the model. */
function weightParts(parts: readonly string[]): number {
  let word = "";
  let found = 0;
  for (let count = 1; count <= MOST_PARTS && count < parts.length; count++) {
    word = (parts[parts.length - count] ?? "") + word;
    if (QUANTIZATION.test(word) || FORMAT.test(word)) found = count;
  }
  return found;
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0x30 && code <= 0x39;
}
