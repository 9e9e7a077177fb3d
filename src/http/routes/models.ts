import { OllaError } from "../../errors.ts";
import type { ListTexts } from "../../models/listing/list_texts.ts";
import type { ListScope } from "../../models/listing/listed_endpoints.ts";
import type { ListedLine } from "../../models/listing/listed_model.ts";
import type { ModelListing } from "../../models/listing/listing.ts";
import type { ListTarget } from "../list_paths.ts";
import { jsonResponse, jsonTextResponse } from "../own_response.ts";
import { requireMethods } from "./methods.ts";

/** What the model lists read. */
export interface ModelRoutesDeps {
  readonly listing: ModelListing;
  readonly listTexts: ListTexts;
  /** `model_registry.include_aliases`. */
  readonly includeAliases: boolean;
}

const CLOSE_NAMES = 3;

/** `GET /v1/models`, `/api/tags` and their like: from memory, so that a dead backend delays nothing. */
export async function modelAnswer(
  request: Request,
  { scope, format, id }: ListTarget,
  deps: ModelRoutesDeps,
): Promise<Response> {
  requireMethods(request, ["GET", "HEAD"]);
  if (id === undefined) {
    const { includeAliases } = deps;
    return jsonTextResponse(await deps.listTexts.text({ scope, format, includeAliases, filter: undefined }));
  }
  const name = nameInPath(id, scope, deps.listing);
  return jsonResponse(format.single(lineInService(scope, name, deps.listing)));
}

/**
 * The model of a name, if it can be asked now.
 *
 * @throws {OllaError} `model_not_found`, or `model_unavailable` when all that have it are out of service.
 */
export function lineInService(scope: ListScope, name: string, listing: ModelListing): ListedLine {
  const line = listing.find(scope, name);
  if (line === undefined) throw noSuchModel(name, listing);
  if (line.model.inService) return line;
  const where = listing.whereabouts(line.model).join(", ");
  const message = `The model "${name}" is on ${where}; /internal/status/endpoints says why`;
  throw new OllaError("model_unavailable", message, { param: "model", headers: { "Retry-After": "5" } });
}

/** The name of a model in a path, as it stands; without the slash at its end if only that is known. */
export function nameInPath(id: string, scope: ListScope, listing: ModelListing): string {
  const name = decodeURIComponent(id);
  if (!name.endsWith("/") || listing.find(scope, name) !== undefined) return name;
  return name.slice(0, -1);
}

/** The refusal for a name that is no model's, or an alias that leads nowhere. */
export function noSuchModel(name: string, listing: ModelListing): OllaError {
  const targets = listing.aliasTargets(name);
  if (targets !== undefined) {
    const message = `The alias "${name}" stands for ${targets.map((target) => `"${target}"`).join(", ")}, ` +
      "and no endpoint here has any of these; GET /v1/models lists what there is";
    return new OllaError("model_not_found", message, { param: "model" });
  }
  const close = listing.closest(name, CLOSE_NAMES);
  const hint = close.length > 0
    ? `did you mean ${close.map((known) => `"${known}"`).join(", ")}?`
    : "GET /v1/models lists what there is";
  return new OllaError("model_not_found", `The model "${name}" does not exist; ${hint}`, { param: "model" });
}
