/**
 * How the kinds of servers give themselves away. Pure: answers in, verdict out. Each sign is positive evidence; a 200
 * alone is none, since LM Studio answers every unknown path with 200 and a JSON error, and web pages do with HTML.
 * @module
 */

/** One answer, as signs read it. */
export interface SignAnswer {
  readonly status: number;
  /** The `Server` header, lower case; empty for none. */
  readonly server: string;
  /** The body as text. */
  readonly text: string;
  /** The body as JSON; undefined when it is none. */
  readonly json: unknown;
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value as Fields : undefined;
}

function okFields(answer: SignAnswer): Fields | undefined {
  return answer.status === 200 ? fieldsOf(answer.json) : undefined;
}

/** llama.cpp's server signs every answer, 404 and 503 included. */
export function isLlamaCppHeader(answer: SignAnswer): boolean {
  return answer.server === "llama.cpp";
}

/**
 * LiteLLM's `/health/readiness`: older ones name their version there; newer ones give only status and database, which
 * `/health/liveliness` must confirm. It answers 503 with the same fields while its database is away.
 */
export function liteLlmReadiness(answer: SignAnswer): "yes" | "perhaps" | "no" {
  const fields = fieldsOf(answer.json);
  if (fields === undefined) return "no";
  if (typeof fields.litellm_version === "string") return "yes";
  const ready = typeof fields.status === "string" && "db" in fields;
  const ending = answer.status === 503 && (fields.status === "shutting_down" || "detail" in fields);
  return ready || ending ? "perhaps" : "no";
}

/** LiteLLM's `/health/liveliness`. */
export function isLiteLlmAlive(answer: SignAnswer): boolean {
  return answer.json === "I'm alive!" || fieldsOf(answer.json)?.status === "shutting_down";
}

/** Lemonade's `/api/v1/health`. */
export function isLemonadeHealth(answer: SignAnswer): boolean {
  const fields = okFields(answer);
  if (fields === undefined || typeof fields.status !== "string") return false;
  return "model_loaded" in fields || "checkpoint_loaded" in fields || "all_models_loaded" in fields;
}

/** A version, as Ollama has under `/api/version` (Open WebUI and llama-swap too) and vLLM under `/version`. */
export function hasVersion(answer: SignAnswer): boolean {
  return typeof okFields(answer)?.version === "string";
}

/** Ollama's `/`. */
export function isOllamaRoot(answer: SignAnswer): boolean {
  return answer.status === 200 && answer.text.trim() === "Ollama is running";
}

/** Ollama's `/api/tags`. */
export function isOllamaTags(answer: SignAnswer): boolean {
  return Array.isArray(okFields(answer)?.models);
}

/** LM Studio's `/api/v0/models`; its entries tell architecture and quantisation, which no other list does there. */
export function isLmStudioList(answer: SignAnswer): boolean {
  const fields = okFields(answer);
  if (fields?.object !== "list" || !Array.isArray(fields.data)) return false;
  return fields.data.every((item) => {
    const model = fieldsOf(item);
    return model !== undefined && ("compatibility_type" in model || "max_context_length" in model || "state" in model);
  });
}

/** LM Studio's newer `/api/v1/models`, which has instances of models; for one without `/api/v0`. */
export function isLmStudioV1List(answer: SignAnswer): boolean {
  const models = okFields(answer)?.models;
  return Array.isArray(models) && models.every((item) => Array.isArray(fieldsOf(item)?.loaded_instances));
}

/** llama.cpp's `/props`, also in its router mode and when it is still loading. */
export function isLlamaCppProps(answer: SignAnswer): boolean {
  const fields = okFields(answer);
  if (fields === undefined) return false;
  return "default_generation_settings" in fields || "chat_template" in fields || fields.role === "router";
}

/** llama-swap's `/running`: the models that it has started. */
export function isLlamaSwapRunning(answer: SignAnswer): boolean {
  return Array.isArray(okFields(answer)?.running);
}

/** SGLang's `/server_info`, `/get_server_info` and `/model_info`. vLLM's `/server_info` has `vllm_config` instead. */
export function isSglangInfo(answer: SignAnswer): boolean {
  const fields = okFields(answer);
  if (fields === undefined) return false;
  return typeof fields.model_path === "string" && ("tokenizer_path" in fields || "is_generation" in fields);
}

/** vllm-mlx's `/health`. */
export function isVllmMlxHealth(answer: SignAnswer): boolean {
  const fields = okFields(answer);
  return fields !== undefined && "engine_type" in fields && "model_loaded" in fields;
}

/** oMLX's `/health`. */
export function isOmlxHealth(answer: SignAnswer): boolean {
  const fields = okFields(answer);
  return fields !== undefined && "engine_pool" in fields;
}

/** Olla's own `/version`, which vLLM's resembles. */
export function isOllaVersion(answer: SignAnswer): boolean {
  const name = okFields(answer)?.name;
  return typeof name === "string" && name.toLowerCase() === "olla";
}

/** The owners of the models in an OpenAI-style list, in lower case; undefined when the answer is no such list. */
export function listOwners(answer: SignAnswer): ReadonlySet<string> | undefined {
  if (answer.status !== 200) return undefined;
  const fields = fieldsOf(answer.json);
  const items = Array.isArray(answer.json) ? answer.json : fields?.data;
  if (!Array.isArray(items)) return undefined;
  // An empty list says nothing unless it calls itself one.
  if (items.length === 0) return fields?.object === "list" ? new Set() : undefined;
  const owners = new Set<string>();
  for (const item of items) {
    const model = fieldsOf(item);
    if (typeof model?.id !== "string") return undefined;
    if (typeof model.owned_by === "string") owners.add(model.owned_by.toLowerCase());
  }
  return owners;
}
