import * as v from "valibot";
import {
  boolean,
  duration,
  integer,
  list,
  nonEmptyText,
  oneOf,
  record,
  section,
  setting,
  text,
} from "./setting_kinds.ts";
import { endpointListSchema } from "./schema_endpoint.ts";

const POSITIVE = "must be more than 0 while model discovery is enabled";

const modelDiscovery = v.pipe(
  section({
    enabled: setting(
      boolean(),
      "true",
      "Whether endpoints are asked for their models. If not, model lists are empty and every endpoint is taken to have every model.",
    ),
    interval: setting(duration(), "5m", "Time between two questions to the same endpoint."),
    timeout: setting(duration(), "30s", "Longest answer of a model list."),
    concurrent_workers: setting(integer(0), "5", "Endpoints asked at once."),
    retry_attempts: setting(integer(0), "3", "Unused by the Go program as well."),
    retry_backoff: setting(duration(), "1s", "Unused by the Go program as well."),
  }, "How often endpoints are asked for their models."),
  v.forward(
    v.partialCheck([["enabled"], ["interval"]], (value) => !value.enabled || value.interval > 0, POSITIVE),
    ["interval"],
  ),
  v.forward(
    v.partialCheck([["enabled"], ["timeout"]], (value) => !value.enabled || value.timeout > 0, POSITIVE),
    ["timeout"],
  ),
  v.forward(
    v.partialCheck(
      [["enabled"], ["concurrent_workers"]],
      (value) => !value.enabled || value.concurrent_workers > 0,
      POSITIVE,
    ),
    ["concurrent_workers"],
  ),
);

/** `discovery`: which servers there are and how their models are learned. */
export const discoverySchema = section({
  type: setting(oneOf(["static"]), "static", "Where endpoints come from: this file."),
  refresh_interval: setting(duration(), "30s", "Unused by the Go program as well."),
  health_check: section({
    initial_delay: setting(duration(), "0", "Accepted from the Go program's sample file."),
  }, "Accepted from the Go program's sample file."),
  static: section({ endpoints: endpointListSchema }, "The Go program's place for `endpoints`; both are joined."),
  model_discovery: modelDiscovery,
}, "Which servers there are and how their models are learned.");
/** `model_registry`: how models of several endpoints become one catalogue. */
export const modelRegistrySchema = section({
  type: setting(oneOf(["memory"]), "memory", "Where the catalogue is kept."),
  enable_unifier: setting(boolean(), "true", "Whether one model under several names becomes one entry."),
  include_aliases: setting(boolean(), "true", "Whether model lists show the names of `model_aliases` too."),
  ignored_suffixes: setting(
    list(nonEmptyText("the end of a model name, such as [1m]")),
    [],
    "Ends of model names that clients add and no server knows, such as `[1m]`. A name that does not exist is looked for without them.",
  ),
  routing_strategy: section({
    type: setting(
      v.fallback(oneOf(["strict", "optimistic", "discovery"]), "strict"), // as in Go; `adjustments.ts` warns
      "strict",
      "`strict` serves a model only from endpoints known to have it. `optimistic` and `discovery` may try others.",
    ),
    options: section({
      fallback_behavior: setting(
        oneOf(["compatible_only", "none", "all"]),
        "compatible_only",
        "Which endpoints `optimistic` and `discovery` may fall back to.",
      ),
      discovery_timeout: setting(duration(), "2s", "Longest look-up that `discovery` makes for an unknown model."),
      discovery_refresh_on_miss: setting(boolean(), "true", "Whether `discovery` asks endpoints again on a miss."),
    }, "Finer points of the strategy."),
  }, "What happens to a model that no available endpoint has."),
  unification: section({
    stale_threshold: setting(duration(), "24h", "When a model that was not seen again is dropped."),
    cleanup_interval: setting(duration(), "10m", "How often such models are looked for."),
  }, "How long the unified catalogue remembers."),
}, "How the models of several endpoints become one catalogue.");

const aliasName = v.pipe(
  v.string(),
  v.check((name) => name.trim() !== "", "must not have an empty name"),
  v.check((name) => name.trim() === "" || name === name.trim(), "must not have white space around its name"),
);

const aliasTargets = v.pipe(
  list(
    v.pipe(text("a model name"), v.check((name) => name.trim() !== "", "must be a model name, not an empty text")),
    "a list of model names",
  ),
  v.minLength(1, "must list at least one model name"),
);

/** `model_aliases`: other names for models. */
export const modelAliasesSchema = setting(
  record(aliasName, aliasTargets, "a mapping of aliases to lists of model names"),
  {},
  "Other names for models: an alias and the models it stands for, in order of preference. No two may differ only in case.",
);
