import type { Exchange } from "./exchange.ts";

/** Ends an exchange with an answer of ours: they are small and already there, so they are over as soon as they are made. */
export function finishOwn(exchange: Exchange, response: Response): Response {
  const { record } = exchange;
  response.headers.set("x-olla-request-id", exchange.requestId);
  if (exchange.dialect === "anthropic") response.headers.set("request-id", exchange.requestId);
  record.status = response.status;
  record.responseBytes = exchange.request.method === "HEAD" ? 0 : lengthOf(response);
  record.firstByteMs = undefined;
  exchange.finish();
  return response;
}

/** A response's length as its header states it. */
export function lengthOf(response: Response): number {
  return Number(response.headers.get("content-length") ?? 0);
}
