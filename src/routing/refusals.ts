/**
 * The errors of routing: what could not be placed, and what to do about it. They name endpoints, never addresses.
 * @module
 */
import type { EndpointState } from "../endpoints/state.ts";
import { OllaError } from "../errors.ts";
import type { Candidate, RoutingDecision } from "./candidate.ts";
import type { Alias } from "./model_hosts.ts";
import type { NeededCapability } from "./needs.ts";
import type { RouteQuery } from "./route_query.ts";
import type { RouteScope } from "./route_scope.ts";

/** The routing headers of a refusal. */
function routingHeaders({ strategy, decision, reason }: RoutingDecision): Record<string, string> {
  return {
    "X-Olla-Routing-Strategy": strategy,
    "X-Olla-Routing-Decision": decision,
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
export function listsMissing(model: string, scope: RouteScope, decision: RoutingDecision): OllaError {
  const message = `No endpoint${ofType(scope)} has given its model list yet, so "${model}" cannot be placed; ` +
    "look at /internal/status/endpoints for what they answer";
  return new OllaError("model_unavailable", message, {
    headers: { "Retry-After": "5", ...routingHeaders(decision) },
  });
}

/**
 * Nobody whom the route reaches has the model.
 *
 * @param known.elsewhere Endpoints beyond the route that have it.
 * @param known.close Models with a similar name.
 * @param known.silent Endpoints of the route that have not told their models.
 * @param known.alias What the name stands for, where it is an alias.
 */
export function modelNotFound(
  model: string,
  scope: RouteScope,
  { elsewhere, close, alias, silent, decision }: {
    readonly elsewhere: readonly string[];
    readonly silent: readonly string[];
    readonly close: readonly string[];
    readonly alias: Alias | undefined;
    readonly decision: RoutingDecision;
  },
): OllaError {
  const hint = elsewhere.length > 0
    ? `it is on ${elsewhere.join(", ")}, which this route does not reach`
    : alias !== undefined
    ? `it is an alias for ${quoted(alias.models)}, none of which is there`
    : close.length > 0
    ? `did you mean ${quoted(close)}?`
    : "GET /v1/models lists what there is";
  const untold = silent.length > 0 ? ` (${silent.join(", ")} could not be asked for models yet)` : "";
  return new OllaError("model_not_found", `The model "${model}" does not exist${here(scope)}${untold}; ${hint}`, {
    param: "model",
    headers: routingHeaders(decision),
  });
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(", ");
}

const CANNOT: Record<NeededCapability, string> = {
  vision: "take pictures",
  tools: "use tools",
  embeddings: "make embeddings",
};

/**
 * Every endpoint that has the model says that it cannot do what the request needs.
 *
 * @param lacks What none of them can, or what none of them can all of.
 * @param known.others Models that can do all that the request needs.
 */
export function capabilityMissing(
  model: string,
  lacks: readonly NeededCapability[],
  { hosts, others, decision }: {
    readonly hosts: readonly Candidate[];
    readonly others: readonly string[];
    readonly decision: RoutingDecision;
  },
): OllaError {
  const who = hosts.map(({ state }) => state.endpoint.name).join(", ");
  const hint = others.length > 0 ? `models that can: ${quoted(others)}` : "no model here is known to";
  const what = lacks.map((word) => CANNOT[word]).join(" and ") + (lacks.length > 1 ? " at once" : "");
  return new OllaError("capability_missing", `The model "${model}" cannot ${what}, says ${who}; ${hint}`, {
    param: "model",
    headers: routingHeaders(decision),
  });
}

/** A request that must name a model names none. */
export function modelMissingFromRequest(): OllaError {
  const message = 'The request names no "model", and endpoints of different types serve this path; ' +
    "add a model, or use the route of one type, such as /olla/ollama";
  return new OllaError("invalid_request", message, { param: "model" });
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
export function modelUnavailable(model: string, hosts: readonly Candidate[], decision: RoutingDecision): OllaError {
  return new OllaError(
    "model_unavailable",
    `The model "${model}" is on ${statusOf(hosts.map((host) => host.state))}; ` +
      "/internal/status/endpoints says why",
    {
      headers: { "Retry-After": "5", ...routingHeaders(decision) },
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
