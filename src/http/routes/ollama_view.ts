import { ollamaPs } from "../../models/formats/ollama_ps.ts";
import { scopeOf } from "../list_paths.ts";
import { jsonResponse } from "../own_response.ts";
import type { Route } from "../route_table.ts";
import { requireMethods } from "./methods.ts";
import type { ModelRoutesDeps } from "./models.ts";

/** What clients that look for features need: tools, thinking, structured output, `/api/show` with capabilities. */
const VERSION = "0.14.1";

/** `GET /api/ps` and `/api/version` over all servers of a route, which a single one could not answer. */
export async function ollamaView(
  request: Request,
  { view, scope }: Extract<Route, { kind: "ollama_view" }>,
  deps: ModelRoutesDeps,
): Promise<Response> {
  requireMethods(request, ["GET", "HEAD"]);
  if (view === "version") return jsonResponse({ version: VERSION });
  const inScope = scopeOf(scope);
  return jsonResponse(ollamaPs((await deps.listing.view(inScope, true)).models));
}
