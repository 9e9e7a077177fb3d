import { isAvailable, isLastResort } from "../endpoints/availability.ts";
import type { Registry } from "../endpoints/registry.ts";
import type { EndpointState } from "../endpoints/state.ts";
import type { Balancer } from "../routing/balancers/balancer.ts";
import type { Candidate, CandidateList } from "../routing/candidate.ts";
import type { ClientLink } from "./client_link.ts";

/** What choosing acts through. */
export interface ChooserDeps {
  readonly registry: Registry;
  readonly balancer: Balancer;
  readonly now: () => number;
}

/** A rest no longer than this is waited for, when there is nowhere else to go. */
const MAX_WAIT_MS = 5_000;
/** So often one request waits for a rest to end. */
const MAX_WAITS = 3;

/** Chooses the endpoints that one request is tried on, each once. */
export class Chooser {
  readonly #list: CandidateList;
  readonly #deps: ChooserDeps;
  #tried: EndpointState[] = [];
  /** Those of the tried that only asked for a pause. */
  readonly #pausing: EndpointState[] = [];
  #waits = 0;

  constructor(list: CandidateList, deps: ChooserDeps) {
    this.#list = list;
    this.#deps = deps;
  }

  /** One that is available and not tried yet: what nearly every request gets at once. */
  available(): Candidate | undefined {
    const now = this.#deps.now();
    return this.#pick((c) => isAvailable(c.state, c.model, now));
  }

  /** This endpoint is not chosen again. */
  tried(state: EndpointState): void {
    this.#tried.push(state);
  }

  /** It only asked for a pause: once that has been waited for, it may be chosen again. */
  pausing(state: EndpointState): void {
    this.#pausing.push(state);
  }

  /**
   * With none available: 1. One that fails, but does not rest. 2. When all rest, and not for long: after the shortest
   * rest, whichever is available then. 3. Else one whose rest it did not ask for itself.
   */
  async lastChance(link: ClientLink): Promise<Candidate | undefined> {
    while (!link.gone) {
      const now = this.#deps.now();
      const failing = this.#pick((c) => this.#restOf(c, now) === undefined && isLastResort(c.state, c.model, now)); // 1
      if (failing !== undefined) return failing;
      const restMs = this.#sharedRest(now);
      if (restMs === undefined || restMs > MAX_WAIT_MS || this.#isSoleByOurRest(now) || this.#waits >= MAX_WAITS) {
        return this.#pick((c) => isLastResort(c.state, c.model, now)); // 3
      }
      this.#waits++;
      await link.sleep(restMs); // 2
      this.#tried = this.#tried.filter((state) => !this.#pausing.includes(state));
      const available = this.available();
      if (available !== undefined) return available;
    }
    return undefined;
  }

  #pick(accept: (candidate: Candidate) => boolean): Candidate | undefined {
    const list = this.#list;
    return this.#deps.balancer(list.candidates, (c) => !this.#tried.includes(c.state) && accept(c), list.turn++);
  }

  #restOf({ state, model }: Candidate, now: number): number | undefined {
    const until = this.#deps.registry.restUntil(state, model, now);
    return until === undefined ? undefined : until - now;
  }

  /** The shortest rest when every candidate rests; undefined when one does not. */
  #sharedRest(now: number): number | undefined {
    let shortest = Infinity;
    for (const candidate of this.#list.candidates) {
      const rest = this.#restOf(candidate, now);
      if (rest === undefined) return undefined;
      shortest = Math.min(shortest, rest);
    }
    return shortest === Infinity ? undefined : shortest;
  }

  /** A sole endpoint is not rested by us: it pauses only when it has said so itself. */
  #isSoleByOurRest(now: number): boolean {
    const [first, second] = this.#list.candidates;
    return first !== undefined && second === undefined && isLastResort(first.state, first.model, now);
  }
}
