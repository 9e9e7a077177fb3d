import { OllaError } from "../../errors.ts";
import type { ListTexts } from "../../models/listing/list_texts.ts";
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
  const name = decodeURIComponent(id);
  const line = deps.listing.find(scope, name);
  if (line === undefined || !line.model.inService) throw noSuchModel(name, deps.listing);
  return jsonResponse(format.single(line));
}

/** The refusal for a name that is no model's. */
export function noSuchModel(name: string, listing: ModelListing): OllaError {
  const close = listing.closest(name, CLOSE_NAMES);
  const hint = close.length > 0
    ? `did you mean ${close.map((known) => `"${known}"`).join(", ")}?`
    : "GET /v1/models lists what there is";
  return new OllaError("model_not_found", `The model "${name}" does not exist; ${hint}`, { param: "model" });
}
