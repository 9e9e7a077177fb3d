/** What there is to read in a model's name. All in lower case. */
export interface ReadableName {
  /** With what stands before it, such as `bedrock/anthropic.claude-3-sonnet`; empty for a name that says nothing. */
  readonly full: string;
  /** The last part, without provider: `claude-3-sonnet`. */
  readonly base: string;
}

/** Patterns may be costly on long texts, and no real name is longer. */
export const LONGEST_READ = 256;

const WEIGHTS_FILE = /\.(?:gguf|ggml|bin|safetensors|onnx|pt|pth|mlx|llamafile)$/;
const PART_OF_FILE = /-\d{5}-of-\d{5}$/;
const QUANTIZED = /[-_.](?:i?q\d|bf16|fp?16|fp?32)[a-z0-9_-]*$/;
const HASH = /^[0-9a-f]{32,}$/;
/** How Hugging Face's cache calls the folder of `meta-llama/Llama-3-8B`. */
const CACHE_FOLDER = /^models--(.+?)--(.+)$/;
/** `meta.`, `us.anthropic.`: no version number before it, and no digit behind. */
const DOTTED_PROVIDER = /^(?:[a-z]+\.)+(?=[a-z])/;

/**
 * Cleans a name for reading: files lose their endings, and folders above a file count only where the file's own name
 * says nothing (`llama-3-8b/model.gguf`).
 *
 * @param generic Names that say nothing.
 */
export function readableName(name: string, generic: ReadonlySet<string>): ReadableName {
  const isPath = /^(?:[./~\\]|[a-z]:\\)/i.test(name);
  const segments = name.slice(-LONGEST_READ).toLowerCase().split(/[/\\]+/).filter((part) => part !== "");
  const last = segments.pop() ?? "";
  let part = last.replace(WEIGHTS_FILE, "").replace(PART_OF_FILE, "");
  while (saysNothing(part, generic)) {
    const above = segments.pop();
    if (above === undefined) return { full: "", base: "" };
    part = above;
  }
  const [, owner, model] = CACHE_FOLDER.exec(part) ?? [];
  if (owner !== undefined && model !== undefined) return { full: `${owner}/${model}`, base: model };
  return {
    full: isPath ? part : [...segments, part].join("/"),
    base: part.replace(DOTTED_PROVIDER, ""),
  };
}

function saysNothing(part: string, generic: ReadonlySet<string>): boolean {
  const bare = part.replace(/:[^:]*$/, "").replace(QUANTIZED, "");
  return bare === "" || HASH.test(bare) || generic.has(bare);
}
