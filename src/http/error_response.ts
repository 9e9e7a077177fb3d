import { type Dialect, errorBody, OllaError } from "../errors.ts";
import { jsonTextResponse } from "./own_response.ts";

/** Any thrown value as an error of ours; what we did not foresee is `internal` and tells the client nothing. */
export function asOllaError(error: unknown): OllaError {
  if (error instanceof OllaError) return error;
  return new OllaError("internal", "Something went wrong inside olla; its log has the details", { cause: error });
}

/** The one place where an error becomes a response. */
export function errorResponse(error: OllaError, dialect: Dialect, requestId: string): Response {
  const response = jsonTextResponse(errorBody(dialect, error, requestId), error.status);
  response.headers.set("x-olla-request-id", requestId);
  for (const [name, value] of Object.entries(error.headers)) response.headers.set(name, value);
  if (dialect === "anthropic") response.headers.set("request-id", requestId);
  return response;
}
