import { OllaError } from "../errors.ts";
import { ollamaShow } from "../models/formats/ollama_show.ts";
import type { CandidateList } from "../routing/candidate.ts";
import type { Refusal } from "../routing/candidates.ts";
import {
  COUNT_TOKENS,
  OLLAMA_CHAT,
  OLLAMA_EMBED,
  OLLAMA_EMBEDDINGS,
  OLLAMA_GENERATE,
  OLLAMA_SHOW,
} from "../routing/operation.ts";
import type { RouteScope } from "../routing/route_scope.ts";
import type { JsonObject } from "../translate/chat/chat_request.ts";
import { isLoadRequest, loadAnswer, type OllamaApi } from "../translate/ollama/load_request.ts";
import type { TokenCounter } from "../translate/tokens/token_counter.ts";
import { tokenFamily } from "../translate/tokens/token_family.ts";
import { scopeOf } from "./list_paths.ts";
import type { ServedOperation } from "./operations.ts";
import { jsonResponse } from "./own_response.ts";
import type { ModelRoutesDeps } from "./routes/models.ts";

/** A request that olla may answer by itself. */
export interface LocalRequest {
  readonly served: ServedOperation;
  readonly scope: RouteScope;
  readonly bytes: Uint8Array | undefined;
  readonly model: string | undefined;
  /** Who could serve it, or why nobody can. */
  readonly placed: CandidateList | Refusal;
}

export interface LocalAnswerDeps extends ModelRoutesDeps {
  readonly tokenCounter: TokenCounter;
  /** Epoch ms. */
  readonly now: () => number;
}

/** Longer bodies ask a model something; they are not parsed to see whether they do. */
const LONGEST_LOAD_REQUEST = 64 * 1024;

const LOAD_APIS: ReadonlyMap<unknown, OllamaApi> = new Map([
  [OLLAMA_CHAT, "chat"],
  [OLLAMA_GENERATE, "generate"],
  [OLLAMA_EMBED, "embed"],
  [OLLAMA_EMBEDDINGS, "embeddings"],
]);

/**
 * What olla answers by itself, since no endpoint that speaks the client's dialect has the model: 1. how many tokens a
 * request has, 2. what a model is, 3. that a model is loaded. Undefined for everything that an endpoint is to answer.
 */
export async function localAnswer(request: LocalRequest, deps: LocalAnswerDeps): Promise<Response | undefined> {
  const { served: { operation }, placed } = request;
  if (operation.name === COUNT_TOKENS.name) {
    return "kind" in placed || request.model === undefined ? await countedTokens(request, deps) : undefined; // 1
  }
  if (operation === OLLAMA_SHOW) return "kind" in placed ? shown(request, deps) : undefined; // 2
  const api = LOAD_APIS.get(operation);
  return api === undefined || "kind" in placed ? undefined : loaded(api, request, deps); // 3
}

/** Whether olla has an answer of its own where an endpoint that should give one fails. */
export function hasLocalAnswer({ operation: { name } }: ServedOperation): boolean {
  return name === COUNT_TOKENS.name || name === OLLAMA_SHOW.name;
}

/** What olla says itself once no endpoint has had an answer; undefined when it knows nothing of the model. */
export async function answerInstead(request: LocalRequest, deps: LocalAnswerDeps): Promise<Response | undefined> {
  return request.served.operation.name === COUNT_TOKENS.name
    ? await countedTokens(request, deps)
    : shown(request, deps);
}

async function countedTokens(
  { bytes, model, placed }: LocalRequest,
  deps: LocalAnswerDeps,
): Promise<Response | undefined> {
  // A wrong name is better told here than in the request that follows.
  if ("kind" in placed && placed.error.code === "model_not_found") return undefined;
  const family = tokenFamily(native(placed), model);
  const { tokens, estimated } = await deps.tokenCounter.countTokens(parsedBody(bytes), { family });
  const response = jsonResponse({ input_tokens: tokens });
  if (estimated) response.headers.set("x-olla-token-count", "estimated");
  return response;
}

/** What the model really is, behind an alias or another name. */
function native(placed: CandidateList | Refusal): string | undefined {
  return "kind" in placed ? placed.modelId : placed.candidates[0]?.model;
}

function shown({ model, scope }: LocalRequest, { listing }: LocalAnswerDeps): Response | undefined {
  const line = model === undefined ? undefined : listing.find(scopeOf(scope), model);
  return line === undefined || !line.model.inService ? undefined : jsonResponse(ollamaShow(line));
}

function loaded(
  api: OllamaApi,
  { bytes, model, placed }: LocalRequest,
  { now }: LocalAnswerDeps,
): Response | undefined {
  if (bytes === undefined || bytes.byteLength > LONGEST_LOAD_REQUEST || "kind" in placed) return undefined;
  if (placed.candidates.some(({ way }) => way?.kind === "native")) return undefined;
  const body = parsedBody(bytes);
  return isLoadRequest(api, body) ? jsonResponse(loadAnswer(api, { body, model: model ?? "", now: now() })) : undefined;
}

/** The model of a request in older clients' form: Ollama's `/api/show` once took it as `name`. */
export function nameInBody(served: ServedOperation | undefined, bytes: Uint8Array | undefined): string | undefined {
  if (served?.operation !== OLLAMA_SHOW || bytes === undefined) return undefined;
  const { name } = parsedBody(bytes);
  return typeof name === "string" && name !== "" ? name : undefined;
}

/** @throws {OllaError} `invalid_json` */
function parsedBody(bytes: Uint8Array | undefined): JsonObject {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes ?? new Uint8Array(0)));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as JsonObject;
  } catch {
    // Told below: the scan has found no fault, so it is a finer one.
  }
  throw new OllaError("invalid_json", "The request body must be a JSON object");
}
