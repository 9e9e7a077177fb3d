/** Endpoints of the `catalogue` scenario. */
export const CATALOGUE_ENDPOINTS = 100;
/** Models of each of them, all different. */
export const MODELS_PER_ENDPOINT = 100;
/** Models in all. */
export const CATALOGUE_MODELS: number = CATALOGUE_ENDPOINTS * MODELS_PER_ENDPOINT;

/** One backend of a catalogue. */
export interface CataloguePart {
  /** Which endpoint, from 0 on. */
  readonly endpoint: number;
  /** How many models it lists. */
  readonly models: number;
}

/** Name of the endpoint in the config. */
export function endpointName(endpoint: number): string {
  return `gpu-${padded(endpoint)}`;
}

/** Path below which the mock plays this backend: its health check and its list. */
export function basePath({ endpoint, models }: CataloguePart): string {
  return `/catalogue/${endpoint}x${models}`;
}

/** Reads a path that {@link basePath} begins: the backend and what follows, `undefined` for any other path. */
export function readBasePath(path: string): { readonly part: CataloguePart; readonly rest: string } | undefined {
  const found = /^\/catalogue\/(\d{1,4})x(\d{1,5})(\/.*)$/.exec(path);
  if (found === null) return undefined;
  return { part: { endpoint: Number(found[1]), models: Number(found[2]) }, rest: found[3] ?? "" };
}

/**
 * Name of one model of one endpoint. Digits are padded, or `1-11` and `11-1` would be one name to whoever looks for names
 * that are alike.
 */
export function modelName(endpoint: number, index: number): string {
  return `llama-3.1-8b-team-${padded(endpoint)}-adapter-${padded(index)}`;
}

/** The first so many models of the whole catalogue, each from the next endpoint, as requests of many users would ask. */
export function catalogueNames(count: number): string[] {
  return Array.from(
    { length: count },
    (_, i) => modelName(i % CATALOGUE_ENDPOINTS, Math.floor(i / CATALOGUE_ENDPOINTS)),
  );
}

/**
 * The answer to `GET /v1/models` as vLLM writes it, some 500 bytes a model.
 *
 * @param first Index of the first model: other ones than before are other models.
 * @param created Unix seconds; vLLM gives the time of the request.
 */
export function modelListText(
  { endpoint, models }: CataloguePart,
  { first = 0, created = 1_700_000_000 } = {},
): string {
  const data = Array.from({ length: models }, (_, i) => vllmEntry(modelName(endpoint, first + i), created));
  return JSON.stringify({ object: "list", data });
}

function vllmEntry(id: string, created: number): unknown {
  return {
    id,
    object: "model",
    created,
    owned_by: "vllm",
    root: `/models/${id}`,
    parent: null,
    max_model_len: 32_768,
    permission: [{
      id: "modelperm-0123456789abcdef0123456789abcdef",
      object: "model_permission",
      created,
      allow_create_engine: false,
      allow_sampling: true,
      allow_logprobs: true,
      allow_search_indices: false,
      allow_view: true,
      allow_fine_tuning: false,
      organization: "*",
      group: null,
      is_blocking: false,
    }],
  };
}

function padded(value: number): string {
  return String(value).padStart(5, "0");
}
