import { closestNames } from "../lib/closest.ts";
import type { Environment } from "./expand.ts";
import type { ConfigPath } from "./issues.ts";
import type { IssueLog, ValueSource } from "./issue_log.ts";
import { isMapping, type YamlMapping, type YamlValue } from "./yaml_tree.ts";

/** A value from outside the file, for one scalar or list of the configuration. */
export interface Override extends ValueSource {
  /** As it would stand in the file; lists are joined by commas. */
  readonly value: string;
  readonly list?: boolean;
}

interface Variable {
  readonly path: readonly string[];
  readonly kind?: "list" | "boolean";
}

function key(path: string, kind?: Variable["kind"]): Variable {
  return { path: path.split("."), ...(kind === undefined ? {} : { kind }) };
}

/** Environment variables that set a key, as in the Go program. */
export const ENV_VARIABLES: Readonly<Record<string, Variable>> = {
  OLLA_SERVER_HOST: key("server.host"),
  OLLA_SERVER_PORT: key("server.port"),
  OLLA_SERVER_READ_TIMEOUT: key("server.read_timeout"),
  OLLA_SERVER_READ_HEADER_TIMEOUT: key("server.read_header_timeout"),
  OLLA_SERVER_WRITE_TIMEOUT: key("server.write_timeout"),
  OLLA_SERVER_MAX_BODY_SIZE: key("server.request_limits.max_body_size"),
  OLLA_SERVER_MAX_HEADER_SIZE: key("server.request_limits.max_header_size"),
  OLLA_SERVER_GLOBAL_RATE_LIMIT: key("server.rate_limits.global_requests_per_minute"),
  OLLA_SERVER_PER_IP_RATE_LIMIT: key("server.rate_limits.per_ip_requests_per_minute"),
  OLLA_SERVER_RATE_BURST_SIZE: key("server.rate_limits.burst_size"),
  OLLA_SERVER_HEALTH_RATE_LIMIT: key("server.rate_limits.health_requests_per_minute"),
  OLLA_SERVER_RATE_CLEANUP_INTERVAL: key("server.rate_limits.cleanup_interval"),
  OLLA_SERVER_TRUST_PROXY_HEADERS: key("server.rate_limits.trust_proxy_headers", "boolean"),
  OLLA_SERVER_TRUSTED_PROXY_CIDRS: key("server.rate_limits.trusted_proxy_cidrs", "list"),
  OLLA_SERVER_CORS_ENABLED: key("server.cors.enabled", "boolean"),
  OLLA_SERVER_CORS_ALLOWED_ORIGINS: key("server.cors.allowed_origins", "list"),
  OLLA_SERVER_CORS_ALLOWED_METHODS: key("server.cors.allowed_methods", "list"),
  OLLA_SERVER_CORS_ALLOWED_HEADERS: key("server.cors.allowed_headers", "list"),
  OLLA_SERVER_CORS_EXPOSED_HEADERS: key("server.cors.exposed_headers", "list"),
  OLLA_SERVER_CORS_ALLOW_CREDENTIALS: key("server.cors.allow_credentials", "boolean"),
  OLLA_SERVER_CORS_MAX_AGE: key("server.cors.max_age"),
  OLLA_PROXY_ENGINE: key("proxy.engine"),
  OLLA_PROXY_LOAD_BALANCER: key("proxy.load_balancer"),
  OLLA_PROXY_PROFILE: key("proxy.profile"),
  OLLA_PROXY_RESPONSE_TIMEOUT: key("proxy.response_timeout"),
  OLLA_PROXY_READ_TIMEOUT: key("proxy.read_timeout"),
  OLLA_PROXY_RESPONSE_HEADER_TIMEOUT: key("proxy.response_header_timeout"),
  OLLA_PROXY_TLS_HANDSHAKE_TIMEOUT: key("proxy.tls_handshake_timeout"),
  OLLA_PROXY_CONNECTION_KEEP_ALIVE: key("proxy.connection_keep_alive"),
  OLLA_PROXY_STICKY_SESSIONS_ENABLED: key("proxy.sticky_sessions.enabled", "boolean"),
  OLLA_LOGGING_LEVEL: key("logging.level"),
  OLLA_LOGGING_FORMAT: key("logging.format"),
  OLLA_SHOW_NERD_STATS: key("engineering.show_nerdstats", "boolean"),
  OLLA_MODEL_REGISTRY_TYPE: key("model_registry.type"),
  OLLA_MODEL_UNIFIER_ENABLED: key("model_registry.enable_unifier", "boolean"),
  OLLA_TRANSLATORS_ANTHROPIC_ENABLED: key("translators.anthropic.enabled", "boolean"),
  OLLA_TRANSLATORS_ANTHROPIC_MAX_MESSAGE_SIZE: key("translators.anthropic.max_message_size"),
  OLLA_TRANSLATORS_ANTHROPIC_PASSTHROUGH_ENABLED: key("translators.anthropic.passthrough_enabled", "boolean"),
};

/** Variables that the Go program reads elsewhere: known, so that none of them looks like a slip. */
const OTHER_VARIABLES = [
  "OLLA_CONFIG_FILE",
  "OLLA_CONFIG_DIR",
  "OLLA_ENABLE_PROFILER",
  "OLLA_SHOW_VERSION",
  "OLLA_LOG_LEVEL",
  "OLLA_PRETTY_LOGS",
  "OLLA_FILE_OUTPUT",
  "OLLA_LOG_DIR",
  "OLLA_LOG_SIZE_MB",
  "OLLA_LOG_MAX_BACKUPS",
  "OLLA_LOG_MAX_AGE_DAYS",
  "OLLA_THEME",
  "OLLA_FORCE_COLORS",
];

const SLIP_DISTANCE = 2;

/** `1`, `t` and their opposites, which Go's ParseBool takes; the rest is read as in the file. */
function booleanWord(value: string): string {
  if (value === "1" || value === "t" || value === "T") return "true";
  if (value === "0" || value === "f" || value === "F") return "false";
  return value;
}

/** The overrides that the environment holds. An empty variable counts as unset. */
export function envOverrides(env: Environment): Override[] {
  const overrides: Override[] = [];
  for (const [name, variable] of Object.entries(ENV_VARIABLES)) {
    const value = env[name]?.trim() ?? "";
    if (value === "") continue;
    overrides.push({
      path: variable.path,
      source: `environment variable ${name}`,
      value: variable.kind === "boolean" ? booleanWord(value) : value,
      list: variable.kind === "list",
    });
  }
  return overrides;
}

/** Warns of variables that are a slip away from a known one. Other `OLLA_…` variables may belong to the user. */
export function warnOfMistypedVariables(env: Environment, log: IssueLog): void {
  const known = [...Object.keys(ENV_VARIABLES), ...OTHER_VARIABLES];
  for (const name of Object.keys(env)) {
    if (!name.startsWith("OLLA_") || known.includes(name)) continue;
    const [nearest] = closestNames(name, known, { maxDistance: SLIP_DISTANCE });
    if (nearest === undefined) continue;
    const message = `This variable is not known and is ignored; did you mean ${nearest}?`;
    log.addFrom(`environment variable ${name}`, { path: [], message, severity: "warning" });
  }
}

/**
 * A tree with the overrides in it; the given tree stays as it is. A part of the file that is no mapping is left alone:
 * it is an error of its own.
 */
export function applyOverrides(root: YamlValue | undefined, overrides: readonly Override[]): YamlValue | undefined {
  return overrides.reduce<YamlValue | undefined>((tree, override) => {
    const { value } = override;
    const items = override.list === true
      ? value.split(",").map((item) => item.trim()).filter((item) => item !== "")
      : value;
    return withValue(tree, override.path, items);
  }, root);
}

function withValue(tree: YamlValue | undefined, path: ConfigPath, value: YamlValue): YamlValue {
  const [first, ...rest] = path;
  if (first === undefined) return value;
  if (tree !== undefined && tree !== null && !isMapping(tree)) return tree;
  const copy: YamlMapping = Object.assign(Object.create(null), tree);
  copy[first] = withValue(copy[first], rest, value);
  return copy;
}
