import type { Balancer } from "./balancer.ts";

/** One after the other among the accepted, whatever their load or priority. */
export const roundRobin: Balancer = (candidates, accept, turn) => {
  let accepted = 0;
  for (const candidate of candidates) if (accept(candidate)) accepted++;
  if (accepted === 0) return undefined;
  let skip = turn % accepted;
  for (const candidate of candidates) {
    if (accept(candidate) && skip-- === 0) return candidate;
  }
  return undefined;
};
