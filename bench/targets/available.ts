import type { BenchOptions, TargetName } from "../options.ts";
import { direct } from "./direct.ts";
import { buildFloor } from "./floor.ts";
import { goOlla } from "./go_olla.ts";
import { nginx } from "./nginx.ts";
import { olla } from "./olla.ts";
import type { Target } from "./target.ts";

/** What there is to measure, and what was asked for but is not installed. */
export interface Available {
  readonly targets: readonly Target[];
  readonly missing: readonly string[];
}

/**
 * Prepares the targets that were asked for: compiles the floor, builds olla where needed, looks for the others.
 *
 * @throws when the floor or olla cannot be built
 */
export function availableTargets(options: BenchOptions, paths: {
  /** The repository. */
  readonly root: string;
  /** Where the floor is compiled to. */
  readonly directory: string;
  /** Value of OLLA_GO. */
  readonly goOlla: string | undefined;
}): Available {
  const missing: string[] = [];
  const installed = (name: TargetName, program: string, make: (path: string) => Target): Target[] => {
    // nginx lives in /usr/sbin, which a user's PATH often lacks.
    const path = Bun.which(program) ?? Bun.which(program, { PATH: "/usr/sbin:/usr/local/sbin" });
    if (path !== null) return [make(path)];
    missing.push(`${name} ("${program}" is not on the PATH)`);
    return [];
  };
  const makers: Record<TargetName, () => Target[]> = {
    direct: () => [direct],
    floor: () => [buildFloor(paths.root, paths.directory)],
    olla: () => [olla(paths.root, options.olla)],
    nginx: () => installed("nginx", "nginx", nginx),
    "go-olla": () => installed("go-olla", paths.goOlla ?? "olla-go", goOlla),
  };
  return { targets: options.targets.flatMap((name) => makers[name]()), missing };
}
