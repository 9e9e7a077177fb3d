import { deepFreeze } from "../lib/deep_freeze.ts";
import type { EndpointFacts } from "./endpoint_list.ts";
import type { Config, EndpointConfig, EndpointEntry, FileConfig, ResolvedTls } from "./schema.ts";

/** Keeps secrets out of JSON, logs and spreads: they can only be read by name. */
function hide<T extends object>(target: T, keys: readonly (keyof T)[]): T {
  for (const key of keys) {
    if (Object.hasOwn(target, key)) Object.defineProperty(target, key, { enumerable: false });
  }
  return target;
}

/** Joins the checked file with what was read for its endpoints, and freezes it all. */
export function buildConfig(file: FileConfig, facts: readonly EndpointFacts[]): Config {
  const { endpoints, discovery: { static: fromDiscovery, ...discovery }, server, auth, ...rest } = file;
  const entries = [...fromDiscovery.endpoints, ...endpoints];
  const config: Config = {
    ...rest,
    server: hide({ ...server }, ["admin_token"]),
    auth: { keys: auth.keys.map((key) => hide({ ...key }, ["key"])) },
    discovery,
    endpoints: entries.map((entry, index) => {
      const fact = facts[index];
      if (fact === undefined) throw new RangeError(`Endpoint ${index} was checked but not read`);
      return buildEndpoint(entry, fact);
    }),
  };
  return deepFreeze(config) as Config;
}

function buildEndpoint(entry: EndpointEntry, facts: EndpointFacts): EndpointConfig {
  const { auth: _auth, headers: _headers, tls: _tls, type: _type, health_check_url, model_url, ...rest } = entry;
  const tls: ResolvedTls | undefined = facts.tls === undefined ? undefined : hide({ ...facts.tls }, ["key"]);
  const endpoint: EndpointConfig = {
    ...rest,
    name: facts.name,
    url: facts.url,
    ...(facts.type === undefined ? {} : { type: facts.type }),
    ...optional("health_check_url", health_check_url),
    ...optional("model_url", model_url),
    ...(facts.auth === undefined ? {} : { auth: facts.auth }),
    resolved_headers: { ...facts.headers },
    secret_headers: [...facts.secretNames],
    ...(tls === undefined ? {} : { resolved_tls: tls }),
  };
  return hide(endpoint, ["resolved_headers", "proxy_url"]);
}

/** A text setting, left out when it is empty. */
function optional<Key extends string>(key: Key, value: string | undefined): { [K in Key]?: string } {
  const text = value?.trim() ?? "";
  return (text === "" ? {} : { [key]: text }) as { [K in Key]?: string };
}
