/**
 * The errors of routing: what could not be placed, and what to do about it. They name endpoints, never addresses.
 * @module
 */
import type { EndpointState } from "../endpoints/state.ts";
import { OllaError } from "../errors.ts";
import type { Candidate } from "./candidate.ts";
import type { RouteQuery } from "./candidates.ts";
import type { RouteScope } from "./route_scope.ts";

/** How models are placed; what `X-Olla-Routing-Strategy` says. */
export const STRATEGY = "strict";

/** The routing headers of a refusal. */
function rejected(reason: string): Record<string, string> {
  return {
    "X-Olla-Routing-Strategy": STRATEGY,
    "X-Olla-Routing-Decision": "rejected",
    "X-Olla-Routing-Reason": reason,
  };
}

function ofType(scope: RouteScope): string {
  return scope.kind === "any" ? "" : ` of type ${scope.profile.name}`;
}

function here(scope: RouteScope): string {
  return scope.kind === "any" ? "" : ` on any ${scope.profile.name} endpoint`;
}

/** No endpoint has given its model list yet. */
export function listsMissing(model: string, scope: RouteScope): OllaError {
  const message = `No endpoint${ofType(scope)} has given its model list yet, so "${model}" cannot be placed; ` +
    "look at /internal/status/endpoints for what they answer";
  return new OllaError("model_unavailable", message, {
    headers: { "Retry-After": "5", ...rejected("model_unavailable") },
  });
}

/**
 * Nobody whom the route reaches has the model.
 *
 * @param known.elsewhere Endpoints beyond the route that have it.
 * @param known.close Models with a similar name.
 */
export function modelNotFound(
  model: string,
  scope: RouteScope,
  { elsewhere, close }: { elsewhere: readonly string[]; close: readonly string[] },
): OllaError {
  const hint = elsewhere.length > 0
    ? `it is on ${elsewhere.join(", ")}, which this route does not reach`
    : close.length > 0
    ? `did you mean ${close.map((name) => `"${name}"`).join(", ")}?`
    : "GET /v1/models lists what there is";
  return new OllaError("model_not_found", `The model "${model}" does not exist${here(scope)}; ${hint}`, {
    param: "model",
    headers: rejected("model_not_found"),
  });
}

/** The path is in no profile that could serve the request. */
export function pathNotEnabled(query: RouteQuery, host?: EndpointState): OllaError {
  const profile = query.scope.kind === "type" ? query.scope.profile : host?.profile;
  const name = profile?.name ?? "this type";
  return new OllaError(
    "path_not_enabled",
    `${query.method} ${query.path} is not enabled for ${name}; ` +
      `to allow it, add the path under api.paths in a profile file ${profile?.file ?? "profiles/<type>.yaml"}`,
  );
}

/** There is no endpoint of the route's type, or none whose type is known. */
export function noEndpoints(scope: RouteScope, unidentified: number): OllaError {
  if (unidentified > 0) {
    return new OllaError(
      "no_endpoints",
      `No endpoint${ofType(scope)} is known yet; ${unidentified} endpoint(s) have not answered, ` +
        "see /internal/status/endpoints, or set their type in the config",
      { headers: { "Retry-After": "5" } },
    );
  }
  const what = scope.kind === "any"
    ? "No endpoint is configured"
    : `No endpoint of type ${scope.profile.name} is configured`;
  return new OllaError("no_endpoints", `${what}; add one under "endpoints:" in the config`);
}

/** Those that have the model are out of service. */
export function modelUnavailable(model: string, hosts: readonly Candidate[]): OllaError {
  return new OllaError(
    "model_unavailable",
    `The model "${model}" is on ${statusOf(hosts.map((host) => host.state))}; ` +
      "/internal/status/endpoints says why",
    {
      headers: { "Retry-After": "5", ...rejected("model_unavailable") },
    },
  );
}

/** Those that serve the path are out of service. */
export function noneInService(states: readonly EndpointState[]): OllaError {
  return new OllaError("no_endpoints", `No endpoint can serve this now: ${statusOf(states)}`, {
    headers: { "Retry-After": "5" },
  });
}

/** `local-3090 (offline), cloud (config_error)`: names and states, never addresses. */
function statusOf(states: readonly EndpointState[]): string {
  return states.map((state) => `${state.endpoint.name} (${state.status})`).join(", ");
}
