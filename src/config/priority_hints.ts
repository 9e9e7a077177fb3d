/** What the priority hints need to know of an endpoint. */
export interface PriorityView {
  readonly name: string;
  readonly priority: number;
  /** Its backend type, or undefined while that is not known. */
  readonly type?: string | undefined;
  /** Helps to guess while the type is not known. */
  readonly url?: string | undefined;
}

function isPaid(endpoint: PriorityView): boolean {
  if (endpoint.type !== undefined) return endpoint.type === "litellm";
  return /litellm|cloud/i.test(`${endpoint.name} ${endpoint.url ?? ""}`);
}

/**
 * Finds endpoint lists that number their priorities the wrong way round: here the higher number is used first. Call it
 * only for the `priority` balancer; call it again when types have been detected.
 * @returns Sentences for people; empty when nothing is odd.
 */
export function priorityWarnings(endpoints: readonly PriorityView[]): string[] {
  const outranked = endpoints.filter(isPaid).flatMap((paid) => {
    const below = endpoints.filter((other) => !isPaid(other) && other.priority < paid.priority);
    const [local] = below.toSorted((a, b) => b.priority - a.priority);
    if (local === undefined) return [];
    const others = below.length > 1
      ? ` and ${below.length - 1} other local endpoint${below.length > 2 ? "s" : ""}`
      : "";
    return `${paid.name} (priority ${paid.priority}) outranks ${local.name} (${local.priority})${others}: ` +
      "swap them to use the cloud only when local is down";
  });
  return outranked.length > 0 ? outranked : rankWarnings(endpoints);
}

/** Priorities that count 1, 2, 3… down the list look like ranks, where 1 would come first. */
function rankWarnings(endpoints: readonly PriorityView[]): string[] {
  const first = endpoints[0];
  const last = endpoints.at(-1);
  if (first === undefined || last === undefined || endpoints.length < 2) return [];
  if (!endpoints.every((endpoint, index) => endpoint.priority === index + 1)) return [];
  return [
    `${last.name} (priority ${last.priority}) outranks ${first.name} (${first.priority}): ` +
    `the higher number is used first, so swap them if ${first.name} is to come first`,
  ];
}
