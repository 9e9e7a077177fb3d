import { askBackend, type BackendClient } from "./ask_backend.ts";
import { backendUrl } from "./health_url.ts";
import type { EndpointState } from "./state.ts";

/** Where servers tell their version: path and field. */
const QUESTIONS: Readonly<Record<string, readonly [path: string, field: string]>> = {
  "ollama": ["/api/version", "version"],
  "vllm": ["/version", "version"],
  // As `b4847-1a2b3c4d`; free, and loads nothing.
  "llamacpp": ["/props", "build_info"],
};

const TIMEOUT_MS = 5_000;
const MAX_BYTES = 1024 * 1024;
const LONGEST_VERSION = 100;

/** Asks an endpoint for its version. Never throws; undefined where its kind does not tell, or it does not answer. */
export async function serverVersion(client: BackendClient, state: EndpointState): Promise<string | undefined> {
  const { endpoint, profile } = state;
  const question = profile === undefined ? undefined : QUESTIONS[profile.name];
  if (question === undefined) return undefined;
  const [path, field] = question;
  const url = backendUrl(endpoint, path);
  const answer = await askBackend(client, { endpoint, url, timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES });
  if (answer.kind !== "answer" || answer.status !== 200) return undefined;
  try {
    const value = (JSON.parse(answer.text) as Record<string, unknown> | null)?.[field];
    return typeof value === "string" && value !== "" ? value.slice(0, LONGEST_VERSION) : undefined;
  } catch {
    return undefined; // no JSON: an older server, or another one
  }
}
