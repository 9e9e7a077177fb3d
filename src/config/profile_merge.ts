import {
  type AnthropicSupport,
  MODEL_LIST_FORMATS,
  type ModelListFormat,
  type PathPattern,
  type Profile,
} from "./profile.ts";
import type { ProfileFile } from "./profile_schema.ts";

/**
 * A profile with a file's settings laid over it. What the file leaves out stays; `api.paths` are joined unless the file
 * says `paths_replace`; prefixes are replaced.
 *
 * @param file Where the settings come from, for error messages.
 */
export function mergeProfile(base: Profile, settings: ProfileFile, file: string): Profile {
  const { api, characteristics } = settings;
  return {
    ...base,
    name: settings.name,
    file,
    display_name: settings.display_name ?? base.display_name,
    type_aliases: settings.type_aliases ?? base.type_aliases,
    prefixes: settings.routing?.prefixes ?? base.prefixes,
    openai_compatible: api?.openai_compatible ?? base.openai_compatible,
    paths: api?.paths === undefined ? base.paths : distinct([...(api.paths_replace ? [] : base.paths), ...api.paths]),
    allow_unlisted_paths: api?.allow_unlisted_paths ?? base.allow_unlisted_paths,
    model_discovery_paths: modelPaths(settings) ?? base.model_discovery_paths,
    model_discovery_query: api?.model_discovery_query ?? base.model_discovery_query,
    health_check_paths: healthPaths(settings) ?? base.health_check_paths,
    anthropic: mergeAnthropic(base.anthropic, settings),
    default_ports: settings.detection?.default_ports ?? base.default_ports,
    max_concurrent_requests: characteristics?.max_concurrent_requests ?? base.max_concurrent_requests,
    streaming: characteristics?.streaming_support ?? base.streaming,
    response_format: listFormat(settings.request?.response_format) ?? base.response_format,
  };
}

/**
 * A type that no built-in profile knows. It takes from `openai-compatible` what its file leaves out, but not what is that
 * profile's own: names, prefixes and ports. Paths of its own are the whole list.
 */
export function newProfile(openai: Profile, settings: ProfileFile, file: string): Profile {
  const { api, name } = settings;
  const base: Profile = {
    ...openai,
    display_name: name,
    type_aliases: [],
    prefixes: [name],
    default_ports: [],
    anthropic: undefined,
    paths: api?.paths === undefined ? openai.paths : [],
    // The model list of an OpenAI-style server is also its health check; a list elsewhere moves both.
    health_check_paths: modelPaths(settings) ?? openai.health_check_paths,
  };
  return mergeProfile(base, settings, file);
}

/** What a profile is before its first file: only for the built-in ones, which say everything. */
export const EMPTY_PROFILE: Profile = {
  name: "",
  display_name: "",
  type_aliases: [],
  prefixes: [],
  openai_compatible: true,
  paths: [],
  allow_unlisted_paths: false,
  model_discovery_paths: ["/v1/models"],
  model_discovery_query: "",
  health_check_paths: ["/v1/models"],
  anthropic: undefined,
  default_ports: [],
  max_concurrent_requests: 0,
  streaming: true,
  response_format: "openai",
  file: "",
};

/** The format of that name, or undefined for one that olla does not know. */
export function listFormat(name: string | undefined): ModelListFormat | undefined {
  return MODEL_LIST_FORMATS.find((format) => format === name);
}

function modelPaths({ api }: ProfileFile): readonly string[] | undefined {
  if (api?.model_discovery_paths !== undefined) return api.model_discovery_paths;
  return api?.model_discovery_path === undefined ? undefined : [api.model_discovery_path];
}

function healthPaths({ api }: ProfileFile): readonly string[] | undefined {
  if (api?.health_check_paths !== undefined) return api.health_check_paths;
  return api?.health_check_path === undefined ? undefined : [api.health_check_path];
}

function mergeAnthropic(base: AnthropicSupport | undefined, { api }: ProfileFile): AnthropicSupport | undefined {
  const given = api?.anthropic_support;
  if (given === undefined) return base;
  if (given.enabled === false) return undefined;
  return {
    messages_path: given.messages_path ?? base?.messages_path ?? "/v1/messages",
    token_count: given.token_count ?? base?.token_count ?? false,
    min_version: given.min_version ?? base?.min_version,
    limitations: given.limitations ?? base?.limitations ?? [],
  };
}

function distinct(patterns: readonly PathPattern[]): readonly PathPattern[] {
  const seen = new Map<string, PathPattern>();
  for (const pattern of patterns) {
    const key = `${pattern.method ?? ""} ${pattern.segments.join("/")} ${pattern.rest}`;
    if (!seen.has(key)) seen.set(key, pattern);
  }
  return [...seen.values()];
}
