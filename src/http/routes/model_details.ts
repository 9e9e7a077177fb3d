import { OllaError } from "../../errors.ts";
import { formatAgo, formatBytes } from "../../lib/human_format.ts";
import { copyState, type ListedModel } from "../../models/listing/listed_model.ts";
import { EVERYWHERE } from "../../models/listing/listed_endpoints.ts";
import { jsonResponse } from "../own_response.ts";
import { requireMethods } from "./methods.ts";
import { type ModelRoutesDeps, nameInPath, noSuchModel } from "./models.ts";

export interface ModelDetailsDeps extends ModelRoutesDeps {
  /** On the registry's clock. */
  readonly now: () => number;
}

/**
 * `GET /olla/models/{id}`: all that is known of one model, whether in service or not. The id may be any name that the
 * model can be asked for, and may contain slashes.
 *
 * @param id Percent-encoded or not.
 * @throws {OllaError} `model_not_found`.
 */
export function modelDetails(request: Request, id: string, deps: ModelDetailsDeps): Response {
  requireMethods(request, ["GET", "HEAD"]);
  const name = nameInPath(id, EVERYWHERE, deps.listing);
  if (name === "") throw new OllaError("invalid_request", "The path names no model; add its id");
  const line = deps.listing.find(EVERYWHERE, name);
  if (line === undefined) throw noSuchModel(name, deps.listing);
  const { model } = line;
  const lastSeen = formatAgo(deps.listing.lastSeenAt(model), deps.now());
  return jsonResponse({ id: model.id, ...describe(model), last_seen: lastSeen });
}

function describe(model: ListedModel) {
  const endpoints = new Set(model.copies.map(({ endpoint }) => endpoint.name));
  const loaded = model.copies.filter((copy) => copyState(copy) === "loaded").map(({ endpoint }) => endpoint.name);
  return {
    max_context_length: model.contextLength,
    max_output_tokens: model.maxOutputTokens,
    family: model.trait("family") ?? "unknown",
    variant: model.trait("variant") ?? "",
    parameter_size: model.trait("parameterSize") ?? "",
    parameter_count: model.trait("parameterCount"),
    quantization: model.trait("quantization") ?? "",
    format: model.stated("format") ?? "",
    type: model.trait("type"),
    publisher: model.trait("publisher"),
    total_disk_size: formatBytes(diskBytes(model)),
    state: model.state,
    aliases: model.aliases.map(({ name }) => name),
    endpoints: [...endpoints],
    loaded_endpoints: [...new Set(loaded)],
    capabilities: model.capabilities,
    availability: model.copies.map((copy) => ({
      endpoint: copy.endpoint.name,
      type: copy.endpoint.type,
      model: copy.model.id,
      state: copyState(copy),
    })),
    input_cost_per_token: model.inputCostPerToken,
    output_cost_per_token: model.outputCostPerToken,
    created: model.created,
    description: model.stated("description"),
  };
}

/** On all endpoints; two names of one model on the same endpoint share its disk space. */
function diskBytes(model: ListedModel): number {
  const byEndpoint = new Map<string, number>();
  for (const { endpoint, model: { sizeBytes = 0 } } of model.copies) {
    byEndpoint.set(endpoint.name, Math.max(byEndpoint.get(endpoint.name) ?? 0, sizeBytes));
  }
  return [...byEndpoint.values()].reduce((sum, bytes) => sum + bytes, 0);
}
