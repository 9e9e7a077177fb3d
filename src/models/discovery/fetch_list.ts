import type { Profile } from "../../config/profile.ts";
import { askBackend, type BackendClient } from "../../endpoints/ask_backend.ts";
import type { Endpoint } from "../../endpoints/endpoint.ts";
import { backendUrl } from "../../endpoints/health_url.ts";
import type { DiscoveredModel } from "../model.ts";
import { objectOf } from "../parsers/fields.ts";
import { readModelList } from "./read_list.ts";

/** Where a list came from. */
export interface ListOrigin {
  /** The URL that gave it. */
  readonly url: string;
  /** It is llama-swap's, whatever the endpoint's type: that server says elsewhere what it runs. */
  readonly isLlamaSwap: boolean;
}

/** What asking an endpoint for its models came to. */
export type ListResult =
  | { readonly kind: "models"; readonly models: readonly DiscoveredModel[]; readonly origin: ListOrigin }
  /** 401 or 403. */
  | { readonly kind: "unauthorized"; readonly status: number; readonly reason: string }
  /** `reason` goes on after the endpoint's name, and holds no address. */
  | { readonly kind: "failed"; readonly reason: string }
  /** The program is ending. */
  | { readonly kind: "aborted" };

/** How to ask for a list. */
export interface ListRequest {
  readonly endpoint: Endpoint;
  readonly profile: Profile;
  /** For each URL. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

const MAX_LIST_BYTES = 10 * 1024 * 1024;

/** Asks an endpoint for its models, at one URL after the other as long as there is nothing at them. Never throws. */
export async function fetchModelList(client: BackendClient, request: ListRequest): Promise<ListResult> {
  const missing: string[] = [];
  for (const url of modelListUrls(request.endpoint, request.profile)) {
    const result = await fetchFrom(client, url, request);
    if (result.kind !== "missing") return result;
    missing.push(new URL(url).pathname);
  }
  const asked = missing.map((path) => `GET ${path}`).join(" and ");
  const answers = missing.length === 1 ? "answers 404" : "answer 404";
  return { kind: "failed", reason: `${asked} ${answers}; if its model list is elsewhere, say so with model_url` };
}

/**
 * Asks one URL for the list.
 *
 * @returns Also `missing`, when the server has nothing there.
 */
export async function fetchFrom(
  client: BackendClient,
  url: string,
  { endpoint, profile, timeoutMs, signal }: ListRequest,
): Promise<ListResult | { readonly kind: "missing" }> {
  const answer = await askBackend(client, { endpoint, url, timeoutMs, maxBytes: MAX_LIST_BYTES, signal });
  if (answer.kind === "aborted") return answer;
  if (answer.kind === "failed") return { kind: "failed", reason: `asking for its models failed: ${answer.detail}` };
  const path = new URL(url).pathname;
  const { status, text } = answer;
  if (status === 401 || status === 403 || deniesKey(profile, status, text)) {
    return { kind: "unauthorized", status, reason: `GET ${path} answers ${status}` };
  }
  if (status === 404) return { kind: "missing" };
  if (status !== 200) {
    return { kind: "failed", reason: `GET ${path} answers ${status}${hint(status, endpoint, profile)}` };
  }
  if (answer.truncated) return { kind: "failed", reason: `GET ${path} answers more than 10 MiB` };
  try {
    const json: unknown = JSON.parse(text);
    if (isUnexpected(json)) return { kind: "missing" };
    const models = await readModelList(profile.response_format, json);
    return { kind: "models", models, origin: { url, isLlamaSwap: isLlamaSwap(json) } };
  } catch (error) {
    const why = error instanceof SyntaxError || !(error instanceof Error) ? "it is not JSON" : error.message;
    return { kind: "failed", reason: `the answer to GET ${path} cannot be used: ${why}` };
  }
}

const LITELLM = "litellm";

/** LiteLLM without a database looks a wrong key up there, and answers 400 with this type instead of 401. */
function deniesKey(profile: Profile, status: number, text: string): boolean {
  return profile.name === LITELLM && status === 400 && text.includes("no_db_connection");
}

/** LM Studio's way of saying 404: a 200 with `{"error": "Unexpected endpoint or method. (GET /api/v1/models)"}`. */
function isUnexpected(json: unknown): boolean {
  const { error } = objectOf(json);
  return typeof error === "string" && error.startsWith("Unexpected endpoint");
}

/** llama-swap names itself as the owner of its models. */
function isLlamaSwap(json: unknown): boolean {
  const { data } = objectOf(json);
  return Array.isArray(data) && data.some((entry) => objectOf(entry).owned_by === "llama-swap");
}

function hint(status: number, endpoint: Endpoint, profile: Profile): string {
  const hasKey = endpoint.secretHeaders.size > 0;
  // Seen with 1.106: a master key, no database, and no key in the request.
  if (status === 500 && profile.name === LITELLM && !hasKey) {
    return "; LiteLLM does so when it has a master key and gets none: add auth to the endpoint";
  }
  return "";
}

/** Where an endpoint's models may be listed: its own `model_url` alone, else its profile's paths; with their query. */
export function modelListUrls(endpoint: Endpoint, profile: Profile): readonly string[] {
  const configured = endpoint.config.model_url?.trim() ?? "";
  const paths = configured === "" ? profile.model_discovery_paths : [configured];
  const query = profile.model_discovery_query;
  return paths.map((path) => {
    const url = backendUrl(endpoint, path);
    return query === "" || url.includes("?") ? url : `${url}?${query}`;
  });
}
