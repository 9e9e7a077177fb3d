import type { Profile } from "../config/profile.ts";
import { type BackendClient, backendGet } from "../endpoints/backend_get.ts";
import type { Endpoint } from "../endpoints/endpoint.ts";
import { backendUrl } from "../endpoints/health_url.ts";
import type { DiscoveredModel } from "./model.ts";
import { parseModelList } from "./parse_list.ts";

/** What asking an endpoint for its models came to. */
export type ListResult =
  | { readonly kind: "models"; readonly models: readonly DiscoveredModel[] }
  /** 401 or 403. */
  | { readonly kind: "unauthorized"; readonly status: number; readonly reason: string }
  /** `reason` goes on after the endpoint's name, and holds no address. */
  | { readonly kind: "failed"; readonly reason: string }
  /** The program is ending. */
  | { readonly kind: "aborted" };

const MAX_LIST_BYTES = 10 * 1024 * 1024;

/** Asks an endpoint for its models once. Never throws. */
export async function fetchModelList(
  client: BackendClient,
  { endpoint, profile, timeoutMs, signal }: {
    readonly endpoint: Endpoint;
    readonly profile: Profile;
    readonly timeoutMs: number;
    readonly signal: AbortSignal;
  },
): Promise<ListResult> {
  const url = modelListUrl(endpoint, profile);
  const answer = await backendGet(client, { endpoint, url, timeoutMs, maxBytes: MAX_LIST_BYTES, signal });
  if (answer.kind === "aborted") return answer;
  if (answer.kind === "failed") return { kind: "failed", reason: `asking for its models failed: ${answer.detail}` };
  const path = new URL(url).pathname;
  const { status } = answer;
  if (status === 401 || status === 403 || deniesKey(profile, status, answer.text)) {
    return { kind: "unauthorized", status, reason: `GET ${path} answers ${status}` };
  }
  if (status !== 200) {
    return { kind: "failed", reason: `GET ${path} answers ${status}${hint(status, endpoint, profile)}` };
  }
  if (answer.truncated) return { kind: "failed", reason: `GET ${path} answers more than 10 MiB` };
  try {
    return { kind: "models", models: parseModelList(profile.response_format, JSON.parse(answer.text)) };
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

function hint(status: number, endpoint: Endpoint, profile: Profile): string {
  if (status === 404) return "; if its model list is elsewhere, say so with model_url";
  const hasKey = endpoint.secretHeaders.size > 0;
  // Seen with 1.106: a master key, no database, and no key in the request.
  if (status === 500 && profile.name === LITELLM && !hasKey) {
    return "; LiteLLM does so when it has a master key and gets none: add auth to the endpoint";
  }
  return "";
}

/** Where an endpoint's models are listed: its own `model_url`, else its profile's path; with the profile's query. */
export function modelListUrl(endpoint: Endpoint, profile: Profile): string {
  const configured = endpoint.config.model_url?.trim() ?? "";
  const url = backendUrl(endpoint, configured === "" ? profile.model_discovery_path : configured);
  return profile.model_discovery_query === "" || url.includes("?") ? url : `${url}?${profile.model_discovery_query}`;
}
