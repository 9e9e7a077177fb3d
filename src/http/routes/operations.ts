import { Hono } from "hono";
import type { EndpointState } from "../../endpoints/state.ts";
import { OllaError } from "../../errors.ts";
import { conditionalJson } from "../conditional.ts";
import { jsonResponse, jsonTextResponse } from "../own_response.ts";
import { splitTarget } from "../request_target.ts";
import { endpointReport, isServing, type StatusSources } from "../status/endpoint_report.ts";
import { statusReport, type SystemSources } from "../status/status_report.ts";
import { type VersionFacts, versionReport } from "../status/version_report.ts";
import { requireMethods } from "./methods.ts";
import { welcome } from "./welcome.ts";

/** What the operations routes read. */
export interface OperationsDeps {
  readonly endpoints: () => readonly EndpointState[];
  readonly statusSources: () => StatusSources;
  readonly systemSources: () => SystemSources;
  /** The body of `/internal/status/models` for a query. @throws {OllaError} For a query that makes no sense. */
  readonly modelsReport: (query: URLSearchParams) => Promise<unknown>;
  /** The body of `/internal/stats/models` for a query. */
  readonly modelStatsReport: (query: URLSearchParams) => unknown;
  /** The body of `/internal/stats/translators`. */
  readonly translatorsReport: () => unknown;
  readonly version: VersionFacts;
  /** False once the program is shutting down: then it is not ready, whatever its endpoints. */
  readonly isAccepting: () => boolean;
  /** Listening addresses, for the text on `/`. */
  readonly rootRoutes: boolean;
}

const READ = ["GET", "HEAD"];

/** `/`, `/internal/…` and `/version`. */
export function operationsRoutes(deps: OperationsDeps): Hono {
  const app = new Hono();
  const get = (path: string, answer: (request: Request) => Response | Promise<Response>) =>
    app.all(path, (context) => {
      requireMethods(context.req.raw, READ);
      return answer(context.req.raw);
    });

  get("/internal/health", () => jsonResponse({ status: "healthy" }));
  get("/internal/health/ready", () => readiness(deps));
  get("/internal/status", (request) => conditionalJson(request, statusReport(deps.systemSources())));
  get("/internal/status/endpoints", (request) => conditionalJson(request, endpointReport(deps.statusSources())));
  get(
    "/internal/status/models",
    async (request) => conditionalJson(request, await deps.modelsReport(queryOf(request))),
  );
  // Counters change with every request: there is nothing that a client could have already.
  get("/internal/stats/models", (request) => reportResponse(deps.modelStatsReport(queryOf(request))));
  get("/internal/stats/translators", () => jsonResponse(deps.translatorsReport()));
  get("/version", () => jsonResponse(versionReport(deps.version)));
  get("/", (request) => {
    const { rootRoutes, version } = deps;
    return welcome(request, { rootRoutes, anthropic: version.anthropic.enabled });
  });
  app.notFound(() => {
    throw new OllaError("not_found", `There is no such page; try ${PAGES.join(", ")}`);
  });
  // Errors are rendered in one place, by the handler that called us.
  app.onError((error) => {
    throw error;
  });
  return app;
}

const PAGES = [
  "/internal/status",
  "/internal/status/endpoints",
  "/internal/status/models",
  "/internal/stats/models",
  "/internal/stats/translators",
  "/internal/health",
  "/internal/health/ready",
  "/version",
];

function queryOf(request: Request): URLSearchParams {
  return new URLSearchParams(splitTarget(request.url).query);
}

/** A report ends its line, as the Go program's do. */
function reportResponse(report: unknown): Response {
  return jsonTextResponse(`${JSON.stringify(report)}\n`);
}

/** 200 when a request could be served now, 503 with the reason when not. */
function readiness(deps: OperationsDeps): Response {
  const states = deps.endpoints();
  const { now } = deps.statusSources();
  const routable = states.filter((state) => isServing(state, now)).length;
  if (!deps.isAccepting()) return jsonResponse({ status: "shutting_down" }, 503);
  const body = {
    status: routable > 0 ? "ready" : "not_ready",
    routable_endpoints: routable,
    total_endpoints: states.length,
    ...(routable > 0 ? {} : { reason: states.length === 0 ? "no endpoint is configured" : "no endpoint is routable" }),
  };
  return jsonResponse(body, routable > 0 ? 200 : 503);
}
