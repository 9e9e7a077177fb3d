import type { Profile } from "../../config/profile.ts";
import { isCandidate } from "../../endpoints/availability.ts";
import type { EndpointState } from "../../endpoints/state.ts";

/** What lists tell of an endpoint. Another object when anything of it changes. */
export interface ListedEndpoint {
  readonly name: string;
  /** As the status shows it. */
  readonly id: string;
  /** Name of its profile; `auto` until it is known. */
  readonly type: string;
  readonly priority: number;
  /** Whether requests may go to it. */
  readonly inService: boolean;
  /** Undefined until its type is known. */
  readonly profile: Profile | undefined;
  /** True as soon as another object has taken its place. All else never changes. */
  readonly isOutdated: boolean;
}

type OwnEndpoint = { -readonly [Key in keyof ListedEndpoint]: ListedEndpoint[Key] };

/** Which endpoints a list is about. */
export interface ListScope {
  /** Equal for scopes with the same endpoints, different for others. */
  readonly key: string;
  /** @param profile Undefined for an endpoint whose type is not known yet. */
  readonly includes: (profile: Profile | undefined) => boolean;
}

/** All endpoints. */
export const EVERYWHERE: ListScope = { key: "", includes: () => true };

const UNKNOWN_TYPE = "auto";

/** The endpoints as lists see them; notices by looking whether something of them has changed. */
export class ListedEndpoints {
  readonly #states: () => readonly EndpointState[];
  #byName: ReadonlyMap<string, OwnEndpoint> = new Map();
  #version = 0;
  #typesVersion = 0;

  /** @param states All endpoints, in config order. */
  constructor(states: () => readonly EndpointState[]) {
    this.#states = states;
  }

  /** Looks, and tells a number that is another one after each change. */
  version(): number {
    const states = this.#states();
    const isSame = states.length === this.#byName.size &&
      states.every((state) => isAsBefore(this.#byName.get(state.endpoint.name), state));
    if (isSame) return this.#version;
    const left = new Map(this.#byName);
    let sameTypes = states.length === left.size;
    this.#byName = new Map(states.map((state) => {
      const { name } = state.endpoint;
      const known = left.get(name);
      if (known !== undefined && isAsBefore(known, state)) {
        left.delete(name);
        return [name, known];
      }
      if (known?.profile !== state.profile) sameTypes = false;
      return [name, listed(state)];
    }));
    for (const gone of left.values()) gone.isOutdated = true;
    if (!sameTypes) this.#typesVersion++;
    return ++this.#version;
  }

  /** Another number after each change of who is in which scope, as last looked at. */
  get typesVersion(): number {
    return this.#typesVersion;
  }

  /** Those of a scope, by name, as last looked at. */
  within(scope: ListScope): ReadonlyMap<string, ListedEndpoint> {
    if (scope === EVERYWHERE) return this.#byName;
    return new Map([...this.#byName].filter(([, endpoint]) => scope.includes(endpoint.profile)));
  }
}

function isAsBefore(known: ListedEndpoint | undefined, state: EndpointState): boolean {
  return known !== undefined && known.inService === isCandidate(state) && known.profile === state.profile &&
    known.id === state.endpoint.id && known.priority === state.endpoint.priority;
}

function listed(state: EndpointState): OwnEndpoint {
  const { name, id, priority } = state.endpoint;
  const { profile } = state;
  const type = profile?.name ?? UNKNOWN_TYPE;
  return { name, id, priority, profile, type, inService: isCandidate(state), isOutdated: false };
}
