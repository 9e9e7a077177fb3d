import { textResponse } from "../own_response.ts";

/** Clients of Ollama's API ask for this text to see whether their server is there. */
const OLLAMA_TEXT = "Ollama is running";

/** `GET /`: what an Ollama client wants to hear, or for everyone else the URLs to use. */
export function welcome(request: Request, rootRoutes: boolean): Response {
  const agent = request.headers.get("user-agent") ?? "";
  const text = rootRoutes && /ollama/i.test(agent) ? OLLAMA_TEXT : guide(request.url, rootRoutes);
  return textResponse(text, { type: "text/plain; charset=utf-8" });
}

function guide(url: string, rootRoutes: boolean): string {
  const base = new URL(url).origin;
  const lines = rootRoutes
    ? [
      `OpenAI base URL     ${base}/v1`,
      `Ollama base URL     ${base}`,
    ]
    : [`OpenAI base URL     ${base}/olla/openai/v1`, `Ollama base URL     ${base}/olla/ollama`];
  return [
    "olla is running.",
    "",
    ...lines,
    `one backend type    ${base}/olla/<type>/...`,
    `models              ${base}/olla/models`,
    `endpoints           ${base}/internal/status/endpoints`,
    "",
  ].join("\n");
}
