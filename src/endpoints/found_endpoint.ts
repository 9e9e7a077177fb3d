import * as v from "valibot";
import type { EndpointConfig } from "../config/schema.ts";
import { endpointSchema } from "../config/schema_endpoint.ts";

/** What is known of a server that no config file mentions. */
export interface FoundServer {
  readonly name: string;
  readonly url: string;
  /** Canonical profile name. */
  readonly type: string;
}

/** The config of a server that was found or started by olla itself: the schema's defaults for everything else. */
export function foundEndpointConfig({ name, url, type }: FoundServer): EndpointConfig {
  const { auth: _auth, headers: _headers, tls: _tls, health_check_url: _health, model_url: _models, ...rest } = v.parse(
    endpointSchema,
    { url },
  );
  return { ...rest, name, url, type, resolved_headers: {}, secret_headers: [] };
}
