interface Wildcard {
  readonly id: string;
  /** What stands before, between and after the stars; at least two. */
  readonly parts: readonly string[];
  /** Characters that are no stars. */
  readonly fixed: number;
  readonly endpoints: Set<string>;
}

/** Whether an id stands for many models, as `openai/*` in LiteLLM's lists. */
export function isWildcard(id: string): boolean {
  return id.includes("*");
}

/** The wildcards of all endpoints: routes to models that no list names. */
export class Wildcards {
  readonly #byId = new Map<string, Wildcard>();
  /** The most specific first. */
  #ordered: readonly Wildcard[] = [];

  /** An endpoint lists a wildcard. */
  add(id: string, endpoint: string): void {
    let wildcard = this.#byId.get(id);
    if (wildcard === undefined) {
      const parts = id.split("*");
      wildcard = { id, parts, fixed: id.length - parts.length + 1, endpoints: new Set() };
      this.#byId.set(id, wildcard);
      this.#ordered = [...this.#byId.values()].sort(bySpecificity);
    }
    wildcard.endpoints.add(endpoint);
  }

  /** An endpoint lists a wildcard no longer. */
  remove(id: string, endpoint: string): void {
    const wildcard = this.#byId.get(id);
    if (wildcard === undefined || !wildcard.endpoints.delete(endpoint) || wildcard.endpoints.size > 0) return;
    this.#byId.delete(id);
    this.#ordered = this.#ordered.filter((other) => other !== wildcard);
  }

  /**
   * The endpoints, sorted, of the most specific wildcard that covers a name; empty for none.
   *
   * @param takes Whether an endpoint may be asked for the name at all; the others count as if they had no wildcard.
   */
  endpointsFor(name: string, takes: (endpoint: string) => boolean): readonly string[] {
    for (const wildcard of this.#ordered) {
      if (!covers(wildcard, name)) continue;
      const endpoints = [...wildcard.endpoints].filter(takes);
      if (endpoints.length > 0) return endpoints.sort();
    }
    return [];
  }
}

/** A star stands for at least one character, so that `openai/` alone is no model. */
function covers({ parts, fixed }: Wildcard, name: string): boolean {
  const first = parts[0] ?? "";
  const last = parts[parts.length - 1] ?? "";
  if (name.length <= fixed || !name.startsWith(first) || !name.endsWith(last)) return false;
  const end = name.length - last.length;
  let from = first.length;
  for (let index = 1; index < parts.length - 1; index++) {
    const part = parts[index] ?? "";
    const found = name.indexOf(part, from);
    if (found === -1 || found + part.length > end) return false;
    from = found + part.length;
  }
  return true;
}

/** The longer beginning first, so that `openai/*` wins over `*-mini`; then the longer whole. */
function bySpecificity(a: Wildcard, b: Wildcard): number {
  const beginnings = (b.parts[0]?.length ?? 0) - (a.parts[0]?.length ?? 0);
  return beginnings || b.fixed - a.fixed || (a.id < b.id ? -1 : 1);
}
