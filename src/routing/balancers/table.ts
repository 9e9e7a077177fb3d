import type { Balancer } from "./balancer.ts";
import { leastConnections } from "./least_connections.ts";
import { priority } from "./priority.ts";
import { roundRobin } from "./round_robin.ts";

/** Every balancer under the name that `proxy.load_balancer` gives it. */
export const BALANCERS = {
  "priority": priority,
  "least-connections": leastConnections,
  "round-robin": roundRobin,
} as const satisfies Record<string, Balancer>;
