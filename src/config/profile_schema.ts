import * as v from "valibot";
import { readPathPattern } from "./path_pattern.ts";
import { boolean, integer, list, mapping, nonEmptyText, optionalSetting, text } from "./setting_kinds.ts";

/** First segments after `/olla/` that are olla's own. */
const RESERVED_PREFIXES = new Set(["proxy", "models", "anthropic"]);

const prefix = v.pipe(
  text("a route prefix such as litellm"),
  v.regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, "must be one path segment of letters, digits, '.', '_' and '-'"),
  v.check((value) => !RESERVED_PREFIXES.has(value), "must not be one of olla's own: proxy, models, anthropic"),
);

const pathPattern = v.pipe(
  text("a path such as /v1/chat/completions"),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const read = readPathPattern(dataset.value);
    if (read.kind === "pattern") return read.pattern;
    addIssue({ message: read.message });
    return NEVER;
  }),
);

const path = v.pipe(
  text("a path such as /v1/models"),
  v.regex(/^\/[^\s?#]*$/, 'must be a path that begins with "/" and has no query'),
);

const query = v.pipe(
  text("a query string such as a=1&b=2"),
  v.regex(/^[^\s?#]*$/, 'must be a query string such as a=1&b=2, without the "?"'),
);

const typeName = v.pipe(
  nonEmptyText("the name of a backend type"),
  v.regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, "must be letters, digits, '.', '_' and '-'"),
  v.check((name) => name.toLowerCase() !== "auto", 'must not be "auto", which has olla ask the server for its type'),
);

const anthropicSupport = mapping({
  enabled: optionalSetting(
    boolean(),
    "Whether the backend speaks Anthropic's Messages API itself; true when left out.",
  ),
  messages_path: optionalSetting(path, "Where it does."),
  token_count: optionalSetting(boolean(), "Whether `<messages_path>/count_tokens` works too."),
  min_version: optionalSetting(text(), "First version of the backend that does."),
  limitations: optionalSetting(list(text()), "Words for what it cannot do."),
});

const api = mapping({
  openai_compatible: optionalSetting(boolean(), "Whether `/olla/openai/…` reaches it too."),
  paths: optionalSetting(
    list(pathPattern, "a list of paths"),
    "Paths that clients may use: exact, with `{name}` segments, ending in `/*`, and with a method before them (`GET /x`).",
  ),
  paths_replace: optionalSetting(boolean(), "`paths` replaces the built-in profile's list instead of adding to it."),
  allow_unlisted_paths: optionalSetting(boolean(), "Lets every path through."),
  model_discovery_path: optionalSetting(path, "Where the model list is."),
  model_discovery_paths: optionalSetting(
    v.pipe(list(path, "a list of paths"), v.minLength(1, "must have at least one path")),
    "The same with fall-backs: the next one is tried when the former answers 404.",
  ),
  model_discovery_query: optionalSetting(query, "Query string that the model list is asked with."),
  health_check_path: optionalSetting(path, "What a health check asks for; it must not call a model."),
  health_check_paths: optionalSetting(
    v.pipe(list(path, "a list of paths"), v.minLength(1, "must have at least one path")),
    "The same with fall-backs: the next one is tried when the former answers 404.",
  ),
  anthropic_support: optionalSetting(anthropicSupport, "Native support for Anthropic's Messages API."),
});

/** A profile file as it is written: all but the name may be left out, keys that mean nothing here are ignored. */
export const profileFileSchema = mapping({
  name: typeName,
  display_name: optionalSetting(text(), "Name for people."),
  type_aliases: optionalSetting(list(typeName), "Other spellings for an endpoint's `type`."),
  routing: optionalSetting(
    mapping({
      prefixes: optionalSetting(
        list(prefix, "a list of route prefixes"),
        "First path segments after `/olla/`; they replace the built-in profile's.",
      ),
    }),
    "How clients address this type.",
  ),
  api: optionalSetting(api, "What its API has, and where."),
  characteristics: optionalSetting(
    mapping({
      max_concurrent_requests: optionalSetting(integer(0), "Above it another endpoint is preferred; 0 is no limit."),
      streaming_support: optionalSetting(boolean(), "Whether it streams answers."),
    }),
    "How it behaves.",
  ),
  detection: optionalSetting(
    mapping({ default_ports: optionalSetting(list(integer(1, 65535)), "Where it listens by default.") }),
    "How it is found.",
  ),
  request: optionalSetting(
    mapping({ response_format: optionalSetting(text(), "The format of its model list.") }),
    "What its answers look like.",
  ),
});

/** A profile file, read. */
export type ProfileFile = v.InferOutput<typeof profileFileSchema>;
