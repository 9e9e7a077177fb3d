import { type Balancer, loadOf } from "./balancer.ts";

/** Fewest active requests; ties rotate, so that idle backends share the work. Priorities are ignored. */
export const leastConnections: Balancer = (candidates, accept, turn) => {
  const count = candidates.length;
  let best = undefined;
  let bestLoad = Infinity;
  // Starting one further at each turn and keeping the first of equals is what rotates the ties.
  for (let i = 0; i < count; i++) {
    const candidate = candidates[(turn + i) % count];
    if (candidate === undefined || !accept(candidate)) continue;
    const load = loadOf(candidate);
    if (load < bestLoad) {
      best = candidate;
      bestLoad = load;
    }
  }
  return best;
};
