import { anthropicModel, anthropicModelPage } from "../../models/formats/anthropic.ts";
import { EVERYWHERE } from "../../models/listing/listed_endpoints.ts";
import { jsonResponse } from "../own_response.ts";
import { requireMethods } from "./methods.ts";
import { lineInService, type ModelRoutesDeps, nameInPath } from "./models.ts";

/**
 * Anthropic's `GET /v1/models`, page by page, and `GET /v1/models/{id}`.
 *
 * @param wanted.id Percent-encoded as it came; undefined for the list.
 * @param wanted.query With its leading `?`, or empty.
 * @throws {OllaError} `model_not_found`, `model_unavailable`, or `invalid_request` for a page that cannot be.
 */
export async function anthropicModels(
  request: Request,
  { id, query }: { readonly id: string | undefined; readonly query: string },
  deps: ModelRoutesDeps,
): Promise<Response> {
  requireMethods(request, ["GET", "HEAD"]);
  if (id !== undefined) {
    const name = nameInPath(id, EVERYWHERE, deps.listing);
    return jsonResponse(anthropicModel(lineInService(EVERYWHERE, name, deps.listing)));
  }
  const { lines, linesAndAliases } = await deps.listing.view(EVERYWHERE, false);
  const shown = (deps.includeAliases ? linesAndAliases : lines).filter(({ model }) => model.inService);
  return jsonResponse(anthropicModelPage(shown, new URLSearchParams(query)));
}
