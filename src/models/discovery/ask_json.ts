import { askBackend, type BackendClient, type BackendRequest } from "../../endpoints/ask_backend.ts";

/** What a question for JSON came to. */
export type JsonAnswer =
  | { readonly kind: "json"; readonly json: unknown }
  /** `status` is undefined when there was no answer at all. `why` is in plain words, without addresses. */
  | { readonly kind: "none"; readonly status: number | undefined; readonly why: string };

/** Asks a backend for JSON that is good to have, but not needed. Never throws. */
export async function askJson(client: BackendClient, request: BackendRequest): Promise<JsonAnswer> {
  const answer = await askBackend(client, request);
  if (answer.kind === "aborted") return { kind: "none", status: undefined, why: "given up" };
  if (answer.kind === "failed") return { kind: "none", status: undefined, why: answer.detail };
  const { status, text, truncated } = answer;
  if (status !== 200) return { kind: "none", status, why: `it answers ${status}` };
  if (truncated) return { kind: "none", status, why: "its answer is too long" };
  try {
    return { kind: "json", json: JSON.parse(text) };
  } catch {
    return { kind: "none", status, why: "its answer is not JSON" };
  }
}
