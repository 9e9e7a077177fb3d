import { isCandidate } from "../../endpoints/availability.ts";
import type { EndpointState } from "../../endpoints/state.ts";
import { OllaError } from "../../errors.ts";
import type { Catalog } from "../../models/catalog.ts";
import { openAiListJson, openAiModel } from "../../models/formats/openai.ts";
import { isInScope, type RouteScope } from "../../routing/route_scope.ts";
import { jsonResponse, jsonTextResponse } from "../own_response.ts";
import { requireMethods } from "./methods.ts";

/** What the model listings read. */
export interface ModelRoutesDeps {
  readonly catalog: Catalog;
  readonly endpoints: () => readonly EndpointState[];
}

/** The endpoints of a scope whose models are listed: those in service, since a list of dead models would be a lie. */
function endpointNames(scope: RouteScope, deps: ModelRoutesDeps): ReadonlySet<string> {
  const names = new Set<string>();
  for (const state of deps.endpoints()) {
    const { endpoint, profile } = state;
    if (profile !== undefined && isInScope(scope, profile) && isCandidate(state)) names.add(endpoint.name);
  }
  return names;
}

/** `GET /v1/models` and its like: from memory, so that a dead backend delays nothing. */
export function modelList(request: Request, scope: RouteScope, deps: ModelRoutesDeps): Response {
  requireMethods(request, ["GET", "HEAD"]);
  return jsonTextResponse(openAiListJson(deps.catalog, endpointNames(scope, deps)));
}

/** `GET /v1/models/{id}`; ids may contain slashes. */
export function modelEntry(
  request: Request,
  { scope, id }: { scope: RouteScope; id: string },
  deps: ModelRoutesDeps,
): Response {
  requireMethods(request, ["GET", "HEAD"]);
  const name = decodeURIComponent(id);
  const names = endpointNames(scope, deps);
  const entry = deps.catalog.find(name);
  if (entry?.endpoints.some((endpoint) => names.has(endpoint))) {
    return jsonResponse(openAiModel(entry));
  }
  const close = deps.catalog.closest(name, 3);
  const hint = close.length > 0
    ? `did you mean ${close.map((c) => `"${c}"`).join(", ")}?`
    : "GET /v1/models lists what there is";
  throw new OllaError("model_not_found", `The model "${name}" does not exist; ${hint}`, { param: "model" });
}
