import { OllaError } from "../errors.ts";
import type { Logger } from "../lib/logger.ts";
import { CLIENT_GONE_STATUS } from "../proxy/client_link.ts";
import type { Connection } from "../runtime.ts";
import { asOllaError, errorResponse } from "./error_response.ts";
import { beginExchange, type Exchange, type ExchangeDeps } from "./exchange.ts";
import { finishOwn, lengthOf } from "./finish_own.ts";
import { handleManagement, type ManagementDeps } from "./management.ts";
import type { ServedOperation } from "./operations.ts";
import { handleProxy, type ProxyHandlerDeps } from "./proxy_handler.ts";
import { pathFault } from "./request_target.ts";
import { ListPaths } from "./list_paths.ts";
import { matchRoute, type Route, type RouteTable } from "./route_table.ts";
import { anthropicModels } from "./routes/anthropic_models.ts";
import { backendHealth, type BackendHealthDeps } from "./routes/backend_health.ts";
import { modelDetails } from "./routes/model_details.ts";
import { modelCatalogue, type ModelCatalogueDeps } from "./routes/model_catalogue.ts";
import { modelAnswer } from "./routes/models.ts";
import { ollamaView } from "./routes/ollama_view.ts";
import type { ProfileSet } from "../config/profile.ts";

/** What the server calls for each request. Never rejects. */
export type Handler = (request: Request, connection: Connection) => Response | Promise<Response>;

export interface HandlerDeps
  extends ExchangeDeps, ProxyHandlerDeps, ModelCatalogueDeps, BackendHealthDeps, ManagementDeps {
  /** By their paths. */
  readonly operations: ReadonlyMap<string, ServedOperation>;
  readonly profiles: ProfileSet;
  readonly rootRoutes: boolean;
  /** `max_header_size`, bytes. */
  readonly maxHeaderBytes: number;
  /** What our own `Via` contains; a request that carries it has been here before. */
  readonly loopMark: string;
  /** Our own pages. */
  readonly ownRoutes: (request: Request) => Response | Promise<Response>;
  readonly log: Logger;
}

/** What some HTTP clients offer with every request; an offer may be ignored (RFC 9110 section 7.8). */
const ONLY_H2C = /^\s*h2c\s*$/i;
const PROXY_METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
/** What a request line costs beside method and path. */
const REQUEST_LINE_OVERHEAD = 12;

/** Builds the handler: refusals first, then the route, and every outcome with an id and a record. */
export function createHandler(deps: HandlerDeps): Handler {
  const { profiles, rootRoutes } = deps;
  const table: RouteTable = { profiles, rootRoutes, operations: deps.operations, lists: new ListPaths(profiles) };
  return async function handle(request, connection) {
    const exchange = beginExchange(request, connection, deps);
    try {
      const route = admit(exchange, { deps, table });
      if (route.kind === "proxy") return await handleProxy(exchange, route, deps);
      if (route.kind === "management") return await handleManagement(exchange, route, deps);
      return finishOwn(exchange, await answer(exchange, route, deps));
    } catch (error) {
      return refuse(exchange, error, deps);
    }
  };
}

/** Refuses what no route may see, then finds the route. */
function admit(exchange: Exchange, { deps, table }: { deps: HandlerDeps; table: RouteTable }): Route {
  const { request, target, headers } = exchange;
  if (request.method === "CONNECT" || request.method === "TRACE") {
    throw new OllaError("method_not_allowed", `${request.method} is not supported`, {
      headers: { "Allow": PROXY_METHODS },
    });
  }
  const route = matchRoute(target.path, table, { anthropic: headers.forward["anthropic-version"] !== undefined });
  if ("dialect" in route) exchange.dialect = route.dialect;
  const headerBytes = headers.bytes + request.method.length + target.path.length + target.query.length +
    REQUEST_LINE_OVERHEAD;
  if (headerBytes > deps.maxHeaderBytes) {
    throw new OllaError(
      "headers_too_large",
      `The request headers are ${headerBytes} bytes, more than ${deps.maxHeaderBytes}; ` +
        "send fewer, or raise server.request_limits.max_header_size",
    );
  }
  const fault = pathFault(target.path);
  if (fault !== undefined) throw new OllaError("invalid_request", fault);
  if (headers.via !== undefined && headers.via.includes(deps.loopMark)) {
    throw new OllaError(
      "loop_detected",
      "This request has come through this olla before: an endpoint leads back to it",
    );
  }
  if (headers.upgrade !== undefined && route.kind === "proxy" && !ONLY_H2C.test(headers.upgrade)) {
    throw new OllaError("not_supported", `Upgrade to "${headers.upgrade}" is not supported; use plain HTTP requests`);
  }
  return route;
}

function answer(exchange: Exchange, route: Exclude<Route, { kind: "proxy" | "management" }>, deps: HandlerDeps) {
  switch (route.kind) {
    case "models":
      return modelAnswer(exchange.request, route.target, deps);
    case "catalogue":
      return modelCatalogue(exchange.request, exchange.target.query, deps);
    case "catalogue_model":
      return modelDetails(exchange.request, route.id, deps);
    case "anthropic_models":
      return anthropicModels(exchange.request, { id: route.id, query: exchange.target.query }, deps);
    case "ollama_view":
      return ollamaView(exchange.request, route, deps);
    case "backend_health":
      return backendHealth(exchange.request, route.profile, deps);
    case "own":
      return deps.ownRoutes(exchange.request);
    case "unknown_prefix": {
      const prefixes = deps.profiles.all.flatMap((profile) => profile.prefixes).sort().join(", ");
      throw new OllaError(
        "not_found",
        `There is no route /olla/${
          route.prefix.slice(0, 100)
        }; after /olla/ comes proxy, models, or one of ${prefixes}`,
      );
    }
    case "unknown_anthropic":
      throw new OllaError(
        "not_found",
        route.isOff
          ? "Anthropic's API is switched off here; set translators.anthropic.enabled: true to have it"
          : "There is nothing here; below /olla/anthropic there are v1/messages, v1/messages/count_tokens, v1/models " +
            "and v1/models/{id}, and the base URL for Anthropic's SDKs ends in /olla/anthropic",
      );
    case "unknown":
      throw new OllaError(
        "not_found",
        "There is nothing here; model APIs are under /v1, /api and /olla, olla's own pages under /internal",
      );
  }
}

function refuse(exchange: Exchange, thrown: unknown, deps: HandlerDeps): Response {
  const error = asOllaError(thrown);
  if (error.code === "internal") {
    deps.log.error("Request failed inside olla", { request_id: exchange.requestId, error: describe(error.cause) });
  }
  const response = errorResponse(error, exchange.dialect, exchange.requestId);
  const { record } = exchange;
  record.responseBytes = lengthOf(response);
  const gone = exchange.request.signal.aborted;
  record.status = gone ? CLIENT_GONE_STATUS : error.status;
  record.errorCode = gone ? undefined : error.code;
  record.outcome = gone ? "client_gone" : record.attempts.length > 0 ? "failed" : "refused";
  exchange.finish();
  return response;
}

function describe(cause: unknown): string {
  return cause instanceof Error ? cause.stack ?? cause.message : String(cause);
}
