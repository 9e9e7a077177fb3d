import type { LogFields, Logger } from "../lib/logger.ts";
import type { Registry } from "./registry.ts";
import type { EndpointEvent } from "./state.ts";

/** One line for the log. */
export interface EventLine {
  readonly level: "debug" | "info" | "warn";
  readonly message: string;
  readonly fields: LogFields;
}

/** What the log says of an event; undefined for those that nobody needs to read. Pure. */
export function eventLine(event: EndpointEvent): EventLine | undefined {
  const endpoint = event.state.endpoint.name;
  switch (event.kind) {
    case "status": {
      const { from, to, why } = event;
      const level = to === "healthy" || to === "draining" ? "info" : "warn";
      const change = `Endpoint ${endpoint} is ${to}${from === "unknown" ? "" : ` (was ${from})`}`;
      return { level, message: why === "" ? change : `${change}: ${why}`, fields: { endpoint, from, to } };
    }
    case "breaker": {
      const { from, to } = event;
      if (to === "open") {
        const message = `Endpoint ${endpoint} keeps breaking connections: it gets no requests for a while`;
        return { level: "warn", message, fields: { endpoint, from, to } };
      }
      const message = to === "closed"
        ? `Endpoint ${endpoint} holds its connections again`
        : `Endpoint ${endpoint} gets a trial request`;
      return { level: to === "closed" ? "info" : "debug", message, fields: { endpoint, from, to } };
    }
    case "type_detected":
      return { level: "info", message: `Endpoint ${endpoint} is of type ${event.type}`, fields: { endpoint } };
    case "warning":
      return { level: "warn", message: `Endpoint ${endpoint}: ${event.message}`, fields: { endpoint } };
    case "added":
    case "removed":
      return { level: "debug", message: `Endpoint ${endpoint} was ${event.kind}`, fields: { endpoint } };
    case "check_wanted":
      return undefined;
  }
}

/** Writes the changes of all endpoints to the log: flips, never single checks. Returns the function that ends it. */
export function logEndpointEvents(registry: Registry, logger: Logger): () => void {
  return registry.subscribe((event) => {
    const line = eventLine(event);
    if (line === undefined) return;
    if (line.level === "debug") logger.debug?.(line.message, line.fields);
    else logger[line.level](line.message, line.fields);
  });
}
