import { OllaError } from "../../errors.ts";
import { FORMAT_NAMES, formatNamed } from "../../models/formats/format_table.ts";
import type { ListFormat } from "../../models/formats/list_format.ts";
import { UNIFIED_FORMAT } from "../../models/formats/unified.ts";
import type { ListFilter } from "../../models/listing/list_filter.ts";
import { EVERYWHERE } from "../../models/listing/listed_endpoints.ts";
import { knownWord } from "../../models/traits/known_words.ts";
import { conditionalJson } from "../conditional.ts";
import { jsonTextResponse } from "../own_response.ts";
import { requireMethods } from "./methods.ts";
import type { ModelRoutesDeps } from "./models.ts";

export interface ModelCatalogueDeps extends ModelRoutesDeps {
  /** `model_registry.enable_unifier`. */
  readonly enableUnifier: boolean;
  /** The body of `/internal/status/models` for a query. */
  readonly modelsReport: (query: URLSearchParams) => Promise<unknown>;
}

/**
 * `GET /olla/models`: the whole catalogue in any format. Parameters that it does not know are ignored.
 *
 * @param query With its leading `?`, or empty.
 * @throws {OllaError} `invalid_request` for a value that means nothing.
 */
export async function modelCatalogue(request: Request, query: string, deps: ModelCatalogueDeps): Promise<Response> {
  requireMethods(request, ["GET", "HEAD"]);
  const wanted = new URLSearchParams(query);
  // As in Go: without the unifier there is no unified list, and the status of the models stands in for it.
  if (!deps.enableUnifier && !wanted.get("format")) return conditionalJson(request, await deps.modelsReport(wanted));
  const text = await deps.listTexts.text({
    scope: EVERYWHERE,
    format: formatOf(wanted),
    includeAliases: flagOf(wanted, "include_aliases") ?? deps.includeAliases,
    filter: filterOf(wanted),
  });
  return jsonTextResponse(text);
}

function formatOf(query: URLSearchParams): ListFormat {
  const name = query.get("format");
  if (!name) return UNIFIED_FORMAT;
  const format = formatNamed(name.toLowerCase());
  if (format !== undefined) return format;
  throw refusal("format", name, `one of ${FORMAT_NAMES.join(", ")}`);
}

/** Undefined when nothing is filtered. */
function filterOf(query: URLSearchParams): ListFilter | undefined {
  const text = (name: "endpoint" | "family" | "type") => {
    const value = query.get(name);
    return value ? { [name]: value } : {};
  };
  const isLoaded = flagOf(query, "available");
  const word = query.get("capability");
  const filter: ListFilter = {
    includeUnavailable: flagOf(query, "include_unavailable") ?? false,
    ...text("endpoint"),
    ...text("family"),
    ...text("type"),
    ...(isLoaded === undefined ? {} : { isLoaded }),
    ...(word ? { capability: knownWord(word) } : {}),
  };
  return Object.values(filter).some((value) => value !== false) || isLoaded === false ? filter : undefined;
}

function flagOf(query: URLSearchParams, name: string): boolean | undefined {
  const value = query.get(name);
  if (!value) return undefined;
  if (value === "true" || value === "false") return value === "true";
  throw refusal(name, value, "true or false");
}

const LONGEST_SHOWN = 100;

function refusal(name: string, value: string, wanted: string): OllaError {
  const message = `The query parameter "${name}" must be ${wanted}, received "${value.slice(0, LONGEST_SHOWN)}"`;
  return new OllaError("invalid_request", message, { param: name });
}
