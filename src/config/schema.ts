/**
 * The whole configuration: every key, its kind, its default and its description. Nothing else in olla holds a default.
 * Durations come out in milliseconds and sizes in bytes.
 * @module
 */
import * as v from "valibot";
import type { DeepReadonly } from "../lib/deep_freeze.ts";
import { clientAuthSchema } from "./schema_auth.ts";
import { endpointListSchema, type endpointSchema } from "./schema_endpoint.ts";
import { discoverySchema, modelAliasesSchema, modelRegistrySchema } from "./schema_models.ts";
import { dashboardSchema, engineeringSchema, loggingSchema, translatorsSchema } from "./schema_operations.ts";
import { proxySchema } from "./schema_proxy.ts";
import { serverSchema } from "./schema_server.ts";
import { mapping } from "./setting_kinds.ts";

/** The configuration file. */
export const fileSchema = mapping({
  server: serverSchema,
  proxy: proxySchema,
  endpoints: endpointListSchema,
  discovery: discoverySchema,
  model_aliases: modelAliasesSchema,
  model_registry: modelRegistrySchema,
  logging: loggingSchema,
  auth: clientAuthSchema,
  dashboard: dashboardSchema,
  translators: translatorsSchema,
  engineering: engineeringSchema,
});

/** What the file says, checked and complete, before endpoints are joined and secrets are read. */
export type FileConfig = v.InferOutput<typeof fileSchema>;

/** One endpoint as the file says it. */
export type EndpointEntry = v.InferOutput<typeof endpointSchema>;

/** TLS towards an endpoint, with the files read. `key` is hidden from JSON. */
export interface ResolvedTls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly serverName?: string;
  readonly rejectUnauthorized: boolean;
}

/**
 * One endpoint, ready to use: named, with its secrets read.
 *
 * `resolved_headers`, `resolved_tls.key` and `proxy_url` may hold secrets. In a loaded config they are not enumerable,
 * so that no JSON of it shows them; read them by name and do not spread the object.
 */
export interface EndpointConfig extends DeepReadonly<Omit<EndpointEntry, "name" | "auth" | "headers" | "tls">> {
  readonly name: string;
  /** How credentials are sent, and in which header; the credentials themselves are in `resolved_headers`. */
  readonly auth?: { readonly type: "bearer" | "api_key" | "basic"; readonly header: string };
  /** Lower-case header names to values, from `auth` and `headers`. */
  readonly resolved_headers: Readonly<Record<string, string>>;
  /** Lower-case names among `resolved_headers` that carry secrets. */
  readonly secret_headers: readonly string[];
  readonly resolved_tls?: ResolvedTls;
}

/** The configuration that olla runs with: complete, joined and frozen. */
export interface Config extends DeepReadonly<Omit<FileConfig, "endpoints" | "discovery">> {
  readonly discovery: DeepReadonly<Omit<FileConfig["discovery"], "static">>;
  /** `discovery.static.endpoints` and then the top-level `endpoints`. */
  readonly endpoints: readonly EndpointConfig[];
}

/** `config.server`. */
export type ServerConfig = Config["server"];
/** `config.proxy`. */
export type ProxyConfig = Config["proxy"];
/** `config.logging`. */
export type LoggingConfig = Config["logging"];
