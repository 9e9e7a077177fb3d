import { OllaError } from "../../errors.ts";

/**
 * Enforces the methods of one of our own routes.
 *
 * @throws {OllaError} `method_not_allowed`, with `Allow`.
 */
export function requireMethods(request: Request, methods: readonly string[]): void {
  if (methods.includes(request.method)) return;
  const allow = methods.join(", ");
  throw new OllaError("method_not_allowed", `${request.method} is not allowed here; use ${allow}`, {
    headers: { "Allow": allow },
  });
}
