import type { ListedModel } from "./listed_model.ts";

/** Which models of a list are wanted; what is absent excludes nothing. */
export interface ListFilter {
  /** Also those whose endpoints are all out of service. */
  readonly includeUnavailable: boolean;
  /** Name of an endpoint that has it, and is in service itself unless unavailable ones are included. */
  readonly endpoint?: string;
  readonly family?: string;
  /** `llm`, `vlm`, `embeddings`, … */
  readonly type?: string;
  /** One of our words, or one of the user's own. */
  readonly capability?: string;
  /** True: in memory somewhere; false: nowhere. */
  readonly isLoaded?: boolean;
}

/** Whether a model is wanted. Names of families and types are compared ignoring case. */
export function isWanted(model: ListedModel, filter: ListFilter): boolean {
  const { includeUnavailable, endpoint, family, type, capability, isLoaded } = filter;
  if (!model.inService && !includeUnavailable) return false;
  if (endpoint !== undefined) {
    const copy = model.copies.find((copy) => copy.endpoint.name === endpoint);
    if (copy === undefined || !(copy.endpoint.inService || includeUnavailable)) return false;
  }
  if (isLoaded !== undefined && (model.loaded === true) !== isLoaded) return false;
  if (family !== undefined && !isSameWord(model.trait("family"), family)) return false;
  if (type !== undefined && !isSameWord(model.trait("type"), type)) return false;
  return capability === undefined || model.capabilities.includes(capability);
}

function isSameWord(a: string | undefined, b: string): boolean {
  return a?.toLowerCase() === b.toLowerCase();
}
