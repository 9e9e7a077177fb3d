import { modelInPath } from "../config/path_match.ts";
import type { ProfileSet } from "../config/profile.ts";
import type { RouteScope } from "./route_scope.ts";

/** Clients choose the paths, so the memory of them has a bound. */
const MAX_REMEMBERED = 1024;
const LONGEST_REMEMBERED = 512;

/** Finds the model of a path such as `/engines/{model}/completions`, and remembers it: nearly all paths are the same few. */
export class PathModels {
  readonly #profiles: ProfileSet;
  readonly #remembered = new Map<string, string | undefined>();

  constructor(profiles: ProfileSet) {
    this.#profiles = profiles;
  }

  /** The model that the path names for a profile of the scope; undefined where it names none. */
  find(scope: RouteScope, method: string, path: string): string | undefined {
    const key = `${scope.kind === "any" ? "" : scope.profile.name} ${method} ${path}`;
    if (this.#remembered.has(key)) return this.#remembered.get(key);
    const model = this.#look(scope, method, path);
    if (key.length <= LONGEST_REMEMBERED) {
      if (this.#remembered.size >= MAX_REMEMBERED) this.#remembered.clear();
      this.#remembered.set(key, model);
    }
    return model;
  }

  #look(scope: RouteScope, method: string, path: string): string | undefined {
    for (const profile of scope.kind === "type" ? [scope.profile] : this.#profiles.all) {
      const model = modelInPath(profile, method, path);
      if (model !== undefined) return model;
    }
    return undefined;
  }
}
