import { OllaError } from "../errors.ts";
import type { EndpointState } from "../endpoints/state.ts";
import { forward, type ForwardDeps } from "../proxy/forward.ts";
import type { AnswerTap, ProxyRequest } from "../proxy/proxy_request.ts";
import { followedResponse, storedIdOf } from "../proxy/stored_ids.ts";
import type { CandidateList } from "../routing/candidate.ts";
import type { CandidateIndex, Refusal } from "../routing/candidates.ts";
import type { Inspection } from "../routing/inspect.ts";
import { needsOf, NO_NEEDS } from "../routing/needs.ts";
import { Translation } from "../proxy/translation.ts";
import { finishOwn } from "./finish_own.ts";
import { forwardOrAnswer } from "./forward_or_answer.ts";
import { hasLocalAnswer, localAnswer, type LocalAnswerDeps, nameInBody } from "./local_answer.ts";
import type { ServedOperation } from "./operations.ts";
import { requireMethods } from "./routes/methods.ts";
import type { Transcripts } from "./transcript.ts";
import { RESPONSES } from "../routing/operation.ts";
import type { PathModels } from "../routing/path_models.ts";
import type { RouteQuery } from "../routing/route_query.ts";
import { foundAfterRefresh } from "../routing/strategies.ts";
import type { BodyBudget } from "./body_budget.ts";
import type { Exchange } from "./exchange.ts";
import { encodeModelFor, inspectBody } from "./inspect_body.ts";
import { readBody } from "./read_body.ts";
import type { Route } from "./route_table.ts";

/** What proxying needs of the rest of the program. */
export interface ProxyHandlerDeps extends LocalAnswerDeps {
  readonly forward: ForwardDeps;
  readonly candidates: CandidateIndex;
  readonly endpoints: () => readonly EndpointState[];
  /** Asks the backends for their models once more; resolves when the model is found, or they have had time to answer. */
  readonly refreshOnMiss: (isFound: () => boolean) => Promise<void>;
  /** Checks endpoints that are out of service once more, if that has not been done just now. */
  readonly checkAgain: (hosts: readonly EndpointState[]) => Promise<void>;
  /** The inspector's; undefined when it is off. */
  readonly transcripts: Transcripts | undefined;
  readonly pathModels: PathModels;
  readonly budget: BodyBudget;
  /** `max_body_size`, bytes; 0 for no limit. */
  readonly maxBodyBytes: number;
  /** `translators.anthropic.max_message_size`, bytes. */
  readonly maxMessageBytes: number;
  /** `server.read_timeout`, in s: the silence allowed between the bytes of a body; 0 for none. */
  readonly bodySilenceS: number;
}

type ProxyRoute = Extract<Route, { kind: "proxy" }>;

/**
 * Reads a request, finds who can serve it, and forwards it.
 *
 * @throws {OllaError} Every refusal; no backend was touched by one, unless it says so.
 */
export async function handleProxy(exchange: Exchange, route: ProxyRoute, deps: ProxyHandlerDeps): Promise<Response> {
  const { request, connection, headers, record } = exchange;
  const { served } = route;
  if (served !== undefined) requireMethods(request, ["POST"]);
  connection.setIdleTimeout(deps.bodySilenceS);
  const maxBytes = served?.dialect === "anthropic"
    ? smaller(deps.maxBodyBytes, deps.maxMessageBytes)
    : deps.maxBodyBytes;
  const { bytes, reservation } = await readBody(request, headers, { maxBytes, budget: deps.budget });
  // From here on we wait for backends, which may take as long as they need.
  connection.setIdleTimeout(0);
  try {
    record.requestBytes = bytes?.byteLength ?? 0;
    const inspection = bytes === undefined ? NOTHING : inspectBody(bytes, headers);
    const pathModel = deps.pathModels.find(route.scope, request.method, route.path);
    const model = inspection.model ?? pathModel ?? nameInBody(served, bytes);
    if (pathModel !== undefined && model !== pathModel) throw twoModels(pathModel, model ?? "");
    record.model = model;
    record.stream = inspection.stream === true;
    const query: RouteQuery = {
      scope: route.scope,
      method: request.method,
      path: route.path,
      model,
      needs: needsOf(route.path, inspection.needs),
      operation: served?.operation,
      hasOwner: storedIdOf(route.path) !== undefined,
    };
    const found = place(query, deps);
    const placed = found instanceof Promise ? await found : found;
    record.modelId = placed.modelId;
    record.routing = placed.decision;
    if (served !== undefined) {
      const local = await localAnswer({ served, scope: route.scope, bytes, model, placed }, deps);
      if (local !== undefined) return finishOwn(exchange, local);
      if (model === undefined) throw modelMissing(served);
    }
    if ("kind" in placed) throw placed.error;
    const list = model === undefined
      ? narrowToOwner(placed, route.path, exchange, deps)
      : served?.operation === RESPONSES && bytes !== undefined
      ? narrowToFollowed(placed, bytes, deps)
      : placed;
    const asked = proxyRequest(exchange, route, {
      body: bytes,
      inspection,
      model,
      pathModel,
      translation: translationOf(served, bytes),
      tap: served?.dialect === "anthropic" ? deps.transcripts?.begin(request.headers, model, bytes) : undefined,
    });
    if (served === undefined || !hasLocalAnswer(served)) return await forward(asked, list, deps.forward);
    const local = { served, scope: route.scope, bytes, model, placed: list };
    return await forwardOrAnswer(exchange, { request: asked, list, local }, deps);
  } finally {
    reservation?.release();
  }
}

const NOTHING: Inspection = { kind: "ok", model: undefined, modelSpan: undefined, stream: undefined, needs: NO_NEEDS };

/** Who can serve the request, or why nobody can. No promise where the answer is there, which is nearly always. */
function place(query: RouteQuery, deps: ProxyHandlerDeps): CandidateList | Promise<CandidateList | Refusal> {
  const found = deps.candidates.find(query);
  return found.kind === "list" ? found.list : findAgain(query, found, deps);
}

function modelMissing({ operation }: ServedOperation): OllaError {
  return new OllaError("invalid_request", `A request to ${operation.path} must name its "model"`, { param: "model" });
}

/** The smaller of two limits, the first of which may be 0 for none. */
function smaller(limit: number, other: number): number {
  return limit === 0 ? other : Math.min(limit, other);
}

/**
 * A model may have been put on a server since its list was read, or its server may be back since it was checked. If not,
 * the routing strategy may know somebody else to take the request.
 */
async function findAgain(
  query: RouteQuery,
  refused: Refusal,
  deps: ProxyHandlerDeps,
): Promise<CandidateList | Refusal> {
  if (refused.hosts.length > 0) await deps.checkAgain(refused.hosts);
  if (refused.mayRefresh) await deps.refreshOnMiss(() => deps.candidates.find(query).kind === "list");
  const again = deps.candidates.find(query);
  if (again.kind === "refused") return again.fallback ?? again;
  return refused.mayRefresh ? { ...again.list, decision: foundAfterRefresh(again.list.decision) } : again.list;
}

/** A path with a stored id goes to the endpoint that issued it, or to the one that the request names. */
function narrowToOwner(
  list: CandidateList,
  path: string,
  exchange: Exchange,
  deps: ProxyHandlerDeps,
): CandidateList {
  const id = storedIdOf(path);
  if (id === undefined) return list;
  const owner = exchange.headers.endpoint ?? deps.forward.storedIds.endpointOf(id);
  if (owner === undefined && list.hosts.length === 1) return list;
  const candidates = list.candidates.filter(({ state }) => state.endpoint.name === owner);
  if (candidates.length > 0) return { ...list, candidates };
  const names = list.hosts.map((state) => state.endpoint.name).join(", ");
  if (owner === undefined) {
    const message =
      `It is not known which endpoint issued "${id}"; name it with the header X-Olla-Endpoint (one of ${names})`;
    throw new OllaError("not_found", message);
  }
  const host = list.hosts.find((state) => state.endpoint.name === owner);
  if (host !== undefined) {
    const message = `The endpoint "${owner}", which issued "${id}", is ${host.status} now`;
    throw new OllaError("model_unavailable", message, { headers: { "Retry-After": "5" } });
  }
  throw new OllaError(
    "not_found",
    `The endpoint "${owner}" cannot serve ${path}; X-Olla-Endpoint can be one of ${names}`,
  );
}

/** A follow-up of a response goes to the endpoint that keeps the conversation, where that is known. */
function narrowToFollowed(list: CandidateList, bytes: Uint8Array, deps: ProxyHandlerDeps): CandidateList {
  const id = followedResponse(bytes);
  const owner = id === undefined ? undefined : deps.forward.storedIds.endpointOf(id);
  if (owner === undefined) return list;
  const candidates = list.candidates.filter(({ state }) => state.endpoint.name === owner);
  if (candidates.length > 0) return { ...list, candidates };
  const host = list.hosts.find((state) => state.endpoint.name === owner);
  if (host === undefined) return list;
  const message = `The endpoint "${owner}", which keeps the response "${id}", is ${host.status} now; ` +
    "try again later, or send the whole conversation in input";
  throw new OllaError("model_unavailable", message, { headers: { "Retry-After": "5" } });
}

interface Content {
  readonly body: Uint8Array<ArrayBuffer> | undefined;
  readonly inspection: Inspection;
  readonly model: string | undefined;
  readonly pathModel: string | undefined;
  readonly translation: Translation | undefined;
  readonly tap: AnswerTap | undefined;
}

function translationOf(
  served: ServedOperation | undefined,
  bytes: Uint8Array | undefined,
): Translation | undefined {
  if (served?.translator === undefined || bytes === undefined) return undefined;
  const { operation, translator, counted: name } = served;
  return new Translation({ operation, translator, name }, bytes);
}

function twoModels(inPath: string, inBody: string): OllaError {
  const message = `The path names the model "${inPath}" and the body "${inBody}"; name the same one in both`;
  return new OllaError("invalid_request", message, { param: "model" });
}

function proxyRequest(exchange: Exchange, route: ProxyRoute, content: Content): ProxyRequest {
  const { body, inspection, model, pathModel, translation } = content;
  const { request, headers, target } = exchange;
  const { modelSpan } = inspection;
  return {
    requestId: exchange.requestId,
    method: request.method,
    path: route.path,
    query: target.query,
    headers,
    body,
    model,
    pathModel,
    modelPlace: modelSpan === undefined ? undefined : { span: modelSpan, encode: encodeModelFor(headers) },
    dialect: exchange.dialect,
    tap: content.tap,
    translation,
    protocol: "http",
    peerAddress: exchange.peerAddress,
    signal: request.signal,
    arrivedAt: exchange.arrivedAt,
    record: exchange.record,
    finish: exchange.finish,
  };
}
