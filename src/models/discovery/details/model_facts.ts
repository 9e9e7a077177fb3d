import type { DiscoveredModel } from "../../model.ts";

/** What a backend says of a model beside its list. Immutable. */
export type ModelFacts = Partial<Omit<DiscoveredModel, "id" | "aliases">>;

/** The model with what else is known of it. What was asked for by name says more than a line of a list, and wins. */
export function withFacts(model: DiscoveredModel, facts: ModelFacts): DiscoveredModel {
  const capabilities = facts.capabilities === undefined || model.capabilities === undefined
    ? facts.capabilities ?? model.capabilities
    : { ...model.capabilities, ...facts.capabilities };
  return { ...model, ...facts, ...(capabilities === undefined ? {} : { capabilities }) };
}
