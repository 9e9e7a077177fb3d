import { type Balancer, loadOf } from "./balancer.ts";

/** The highest priority that has an accepted candidate; among its equals the fewest active requests, ties rotating. */
export const priority: Balancer = (candidates, accept, turn) => {
  const count = candidates.length;
  let best = undefined;
  let bestPriority = -Infinity;
  let bestLoad = Infinity;
  for (let i = 0; i < count; i++) {
    const candidate = candidates[(turn + i) % count];
    if (candidate === undefined) continue;
    const rank = candidate.state.endpoint.priority;
    if (rank < bestPriority || !accept(candidate)) continue;
    const load = loadOf(candidate);
    if (rank > bestPriority || load < bestLoad) {
      best = candidate;
      bestPriority = rank;
      bestLoad = load;
    }
  }
  return best;
};
