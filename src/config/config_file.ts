import { isAbsolute, join } from "node:path";
import type { Environment } from "./expand.ts";

/** Looked for in the working directory, in this order, when no file is named. */
export const DEFAULT_FILES: readonly string[] = [
  "config/config.local.yaml",
  "config/config.yaml",
  "config.yaml",
  "default.yaml",
  "olla.yaml",
];

/** Which configuration file counts. */
export type FoundFile =
  | { readonly kind: "file"; readonly name: string; readonly fullPath: string }
  | { readonly kind: "none" }
  | { readonly kind: "missing"; readonly name: string; readonly namedBy: string };

/** A path as seen from the working directory. */
export function fromDirectory(cwd: string, path: string): string {
  return isAbsolute(path) ? path : join(cwd, path);
}

/**
 * Finds the one configuration file: the named one, else `OLLA_CONFIG_FILE`, else the first default that exists.
 * @param path What `-c` says.
 */
export function findConfigFile(
  path: string | undefined,
  options: { cwd: string; env: Environment; exists: (path: string) => boolean },
): FoundFile {
  const fromEnv = options.env.OLLA_CONFIG_FILE ?? "";
  const named = path ?? (fromEnv === "" ? undefined : fromEnv);
  if (named !== undefined) {
    const fullPath = fromDirectory(options.cwd, named);
    if (options.exists(fullPath)) return { kind: "file", name: named, fullPath };
    return { kind: "missing", name: named, namedBy: path === undefined ? "OLLA_CONFIG_FILE" : "--config" };
  }
  const found = DEFAULT_FILES.find((name) => options.exists(join(options.cwd, name)));
  return found === undefined ? { kind: "none" } : { kind: "file", name: found, fullPath: join(options.cwd, found) };
}
