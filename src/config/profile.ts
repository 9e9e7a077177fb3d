/** The list formats of backends that olla reads; each has a parser in `models/parsers/`. */
export const MODEL_LIST_FORMATS = [
  "ollama",
  "lmstudio",
  "openai",
  "litellm",
  "vllm",
  "sglang",
  "lmdeploy",
  "vllm-mlx",
  "llamacpp",
  "llama-swap",
  "docker-model-runner",
  "lemonade",
  "omlx",
] as const;

/** One of {@link MODEL_LIST_FORMATS}. */
export type ModelListFormat = (typeof MODEL_LIST_FORMATS)[number];

/** One entry of a profile's `api.paths`, split for matching segment by segment. */
export interface PathPattern {
  /** Upper-case method the profile restricts the path to (`POST /v1/x`), or undefined for any. `GET` covers `HEAD`. */
  readonly method: string | undefined;
  /** Decoded segments; `{name}` stands for any one segment, `{name}:suffix` for one that ends so. */
  readonly segments: readonly string[];
  /** True when the pattern ends in `/*`: any further segments match. */
  readonly rest: boolean;
}

/** Native support for Anthropic's Messages API. */
export interface AnthropicSupport {
  readonly messages_path: string;
  readonly token_count: boolean;
  readonly min_version: string | undefined;
  readonly limitations: readonly string[];
}

/** A kind of backend, complete: built-in values and the user's file already merged. */
export interface Profile {
  /** Canonical type name, as `X-Olla-Backend-Type` shows it. */
  readonly name: string;
  readonly display_name: string;
  /** Other spellings accepted for an endpoint's `type` (its prefixes included). */
  readonly type_aliases: readonly string[];
  /** First segments after `/olla/` that select this profile. */
  readonly prefixes: readonly string[];
  readonly openai_compatible: boolean;
  readonly paths: readonly PathPattern[];
  readonly allow_unlisted_paths: boolean;
  /** Tried in order: the next one only when the former answers 404. Never empty. */
  readonly model_discovery_paths: readonly string[];
  /** Query string (without `?`) that the model list is asked with, where the URL has none of its own; may be empty. */
  readonly model_discovery_query: string;
  /** Tried in order: the next one only when the former answers 404. None of them calls a model. */
  readonly health_check_paths: readonly string[];
  readonly anthropic: AnthropicSupport | undefined;
  readonly default_ports: readonly number[];
  /** A hint: above it another available candidate is preferred. */
  readonly max_concurrent_requests: number;
  readonly streaming: boolean;
  /** Which parser in `models/parsers/` reads the model list. */
  readonly response_format: ModelListFormat;
  /** The file a user edits to change it, named in error messages, as `profiles/litellm.yaml`. */
  readonly file: string;
}

/** All profiles of a run, looked up by name, by type spelling and by route prefix. */
export interface ProfileSet {
  /** Sorted by name, `openai-compatible` last. */
  readonly all: readonly Profile[];
  /** By canonical name or any accepted spelling (case, `_`, `-`, `.` and spaces ignored). */
  byType(type: string): Profile | undefined;
  /** By the first path segment after `/olla/`, as written. */
  byPrefix(prefix: string): Profile | undefined;
}
