import { textResponse } from "../own_response.ts";

/** Clients of Ollama's API ask for this text to see whether their server is there. */
const OLLAMA_TEXT = "Ollama is running";

/** What is served. */
export interface WelcomeFacts {
  /** `server.root_routes`. */
  readonly rootRoutes: boolean;
  /** `translators.anthropic.enabled`. */
  readonly anthropic: boolean;
}

/** `GET /`: what an Ollama client wants to hear, or for everyone else the URLs to use. */
export function welcome(request: Request, facts: WelcomeFacts): Response {
  const agent = request.headers.get("user-agent") ?? "";
  const text = facts.rootRoutes && /ollama/i.test(agent) ? OLLAMA_TEXT : guide(request.url, facts);
  return textResponse(text, { type: "text/plain; charset=utf-8" });
}

function guide(url: string, { rootRoutes, anthropic }: WelcomeFacts): string {
  const base = new URL(url).origin;
  return [
    "olla is running.",
    "",
    `OpenAI base URL     ${rootRoutes ? base : `${base}/olla/openai`}/v1`,
    `Ollama base URL     ${rootRoutes ? base : `${base}/olla/proxy`}`,
    ...(anthropic ? [`Anthropic base URL  ${rootRoutes ? base : `${base}/olla/anthropic`}`] : []),
    `one backend type    ${base}/olla/<type>/...`,
    `models              ${base}/olla/models`,
    `endpoints           ${base}/internal/status/endpoints`,
    "",
  ].join("\n");
}
