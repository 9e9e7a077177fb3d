import { askBackend, type BackendAnswer, type BackendClient } from "./ask_backend.ts";
import type { Endpoint } from "./endpoint.ts";
import { isAuthStatus, isCertain, type ProbeResult } from "./health.ts";
import { backendUrl } from "./health_url.ts";
import { readAnswer } from "./probe.ts";
import {
  hasVersion,
  isLemonadeHealth,
  isLiteLlmAlive,
  isLlamaCppHeader,
  isLlamaCppProps,
  isLlamaSwapRunning,
  isLmStudioList,
  isLmStudioV1List,
  isOllamaRoot,
  isOllamaTags,
  isOllaVersion,
  isOmlxHealth,
  isSglangInfo,
  isVllmMlxHealth,
  listOwners,
  liteLlmReadiness,
  type SignAnswer,
} from "./server_signs.ts";

/** Model lists of cloud services are long; the rest of what is read here is small. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

/** Paths that may fail for themselves before the server as a whole is taken to be stuck. */
const MAX_LOST_ANSWERS = 2;

/** What asking a server for its type came to. */
export type Detection =
  | { readonly kind: "found"; readonly type: string }
  /** No type, and why, in the form of a failed check. */
  | { readonly kind: "none"; readonly result: ProbeResult }
  | { readonly kind: "aborted" };

/** How to ask. */
export interface DetectRequest {
  readonly endpoint: Endpoint;
  /** For each of up to a dozen small requests. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Finds out what kind of server an endpoint is, by asking for paths that are free and harmless everywhere: none calls
 * or loads a model. Never throws.
 *
 * The order keeps imitators apart: Lemonade and SGLang speak Ollama's API too, llama-swap and Open WebUI have its
 * `/api/version`, LocalAI has vLLM's `/version`, and all of them list models in OpenAI's way.
 */
export async function detectType(client: BackendClient, request: DetectRequest): Promise<Detection> {
  const asker = new Asker(client, request);
  const type = await findType(asker);
  if (type !== undefined) return { kind: "found", type };
  return asker.aborted ? { kind: "aborted" } : { kind: "none", result: asker.failure() };
}

/**
 * 1. LiteLLM. 2. Lemonade. 3. Ollama, or llama-swap. 4. LM Studio. 5. Docker Model Runner. 6. llama.cpp. 7. By the owner
 * that the model list names, confirmed where others copy it. 8. Without a readable list, by what else is open. 9. Any
 * OpenAI-style list.
 */
async function findType(asker: Asker): Promise<string | undefined> {
  // 1
  const readiness = await asker.get("/health/readiness");
  if (isLlamaCppHeader(readiness)) return "llamacpp";
  const liteLlm = liteLlmReadiness(readiness);
  if (liteLlm === "yes") return "litellm";
  if (liteLlm === "perhaps" && isLiteLlmAlive(await asker.get("/health/liveliness"))) return "litellm";
  // 2
  if (isLemonadeHealth(await asker.get("/api/v1/health"))) return "lemonade";
  // 3
  if (hasVersion(await asker.get("/api/version"))) {
    if (isOllamaRoot(await asker.get("/"))) return "ollama";
    if (isLlamaSwapRunning(await asker.get("/running"))) return "llama-swap";
    if (isOllamaTags(await asker.get("/api/tags"))) return "ollama";
  }
  // 4
  if (isLmStudioList(await asker.get("/api/v0/models"))) return "lm-studio";
  // 5
  if (listOwners(await asker.get("/engines/v1/models")) !== undefined) return "docker-model-runner";
  // 6
  const props = await asker.get("/props");
  if (isLlamaCppHeader(props) || isLlamaCppProps(props)) return "llamacpp";
  // 7
  const list = await asker.get("/v1/models");
  const owners = listOwners(list);
  if (owners !== undefined) return await typeByOwner(asker, owners);
  // 8
  return isAuthStatus(list.status) ? await typeWithoutList(asker) : undefined;
}

async function typeByOwner(asker: Asker, owners: ReadonlySet<string>): Promise<string> {
  const has = (owner: string) => owners.has(owner);
  if (has("llamacpp")) return "llamacpp";
  if (has("omlx")) return "omlx";
  if (has("lmdeploy")) return "lmdeploy";
  if ([...owners].some((owner) => owner.startsWith("vllm-mlx"))) return "vllm-mlx";
  if (has("organization_owner") && isLmStudioV1List(await asker.get("/api/v1/models"))) return "lm-studio";
  // Gateways in front of these pass their lists on, but not their other paths. Old ones of llama-swap have no version.
  if (has("llama-swap") && isLlamaSwapRunning(await asker.get("/running"))) return "llama-swap";
  if (has("sglang") && await isSglang(asker)) return "sglang";
  if (has("vllm") && await isVllm(asker)) return "vllm";
  // 9: a list that tells nothing, or none of these.
  if (owners.size > 0) return "openai-compatible";
  const health = await asker.get("/health");
  if (isOmlxHealth(health)) return "omlx";
  return isVllmMlxHealth(health) ? "vllm-mlx" : "openai-compatible";
}

/**
 * The list is closed to us: some servers guard only that. `/health` is not asked here, since LiteLLM and SGLang call
 * models for it, and they may be what stands there.
 */
async function typeWithoutList(asker: Asker): Promise<string | undefined> {
  if (await isSglang(asker)) return "sglang";
  return await isVllm(asker) ? "vllm" : undefined;
}

async function isSglang(asker: Asker): Promise<boolean> {
  for (const path of ["/model_info", "/get_model_info", "/server_info", "/get_server_info"]) {
    if (isSglangInfo(await asker.get(path))) return true;
  }
  return false;
}

async function isVllm(asker: Asker): Promise<boolean> {
  const version = await asker.get("/version");
  return hasVersion(version) && !isOllaVersion(version);
}

/** What a path that could not be asked looks like to the signs. */
const NO_ANSWER: SignAnswer = { status: 0, server: "", text: "", json: undefined };

/** Asks one server path after path; stops asking once it is clear that it will not answer. */
class Asker {
  readonly #client: BackendClient;
  readonly #request: DetectRequest;
  readonly #statuses: number[] = [];
  #latencyMs = 0;
  #lost = 0;
  /** Set once asking on makes no sense. */
  #failed: ProbeResult | undefined;
  /** Other signs of trouble, which explain a server that cannot be told. */
  #trouble: ProbeResult | undefined;
  #listRefused: number | undefined;
  aborted = false;

  constructor(client: BackendClient, request: DetectRequest) {
    this.#client = client;
    this.#request = request;
  }

  async get(path: string): Promise<SignAnswer> {
    if (this.aborted || this.#failed !== undefined) return NO_ANSWER;
    const { endpoint, timeoutMs, signal } = this.#request;
    const url = backendUrl(endpoint, path);
    const answer = await askBackend(this.#client, { endpoint, url, timeoutMs, maxBytes: MAX_ANSWER_BYTES, signal });
    if (answer.kind === "aborted") {
      this.aborted = true;
      return NO_ANSWER;
    }
    if (answer.kind === "failed") {
      this.#trouble = readAnswer(answer, path, 0);
      if (isCertain(answer.reason) || ++this.#lost >= MAX_LOST_ANSWERS) this.#failed = this.#trouble;
      return NO_ANSWER;
    }
    this.#note(path, answer);
    return signAnswer(answer);
  }

  #note(path: string, answer: BackendAnswer & { kind: "answer" }): void {
    this.#statuses.push(answer.status);
    this.#latencyMs = answer.latencyMs;
    if (path === "/v1/models" && isAuthStatus(answer.status)) this.#listRefused = answer.status;
    if (answer.status === 429 || answer.status >= 500) this.#trouble = readAnswer(answer, path, this.#client.now());
  }

  /** Why no type was found: nobody there, closed to us, not ready, or not an LLM server. Never a good result. */
  failure(): ProbeResult {
    if (this.#failed !== undefined) return this.#failed;
    const { basePath, config } = this.#request.endpoint;
    const [first] = this.#statuses;
    const allRefused = first !== undefined && this.#statuses.every(isAuthStatus);
    const refused = this.#listRefused ?? (allRefused ? first : undefined);
    const latencyMs = this.#latencyMs;
    if (refused !== undefined) {
      const detail = `it answers ${refused} when it is asked what kind of server it is`;
      if (!config.forward_auth) return { kind: "answered", status: refused, latencyMs, loading: false, detail };
      // The clients' credentials may open it, but who it is only the user can say.
      return {
        kind: "answered",
        status: 404,
        latencyMs,
        loading: false,
        detail: `${detail}; set type: on the endpoint`,
      };
    }
    if (this.#trouble !== undefined) return this.#trouble;
    const hint = basePath === "" ? "" : ` (its URL has the path ${basePath}: is that right?)`;
    const detail = `no known kind of LLM server answers there${hint}; set type: on the endpoint if it is one`;
    return { kind: "answered", status: 404, latencyMs, loading: false, detail };
  }
}

function signAnswer(answer: BackendAnswer & { kind: "answer" }): SignAnswer {
  return {
    status: answer.status,
    server: answer.headers.get("server")?.toLowerCase() ?? "",
    text: answer.text,
    json: parseJson(answer.text),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
