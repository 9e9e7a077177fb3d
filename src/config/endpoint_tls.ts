import type { ConfigPath, Problem } from "./issues.ts";
import type { ResolvedTls } from "./schema.ts";
import { fileFault } from "./secrets.ts";
import { isMapping, type YamlValue } from "./yaml_tree.ts";

/** TLS settings with their files read, and what went wrong. */
export interface TlsResult {
  readonly tls: ResolvedTls | undefined;
  readonly problems: readonly Problem[];
}

const FILES = { ca: "ca_file", cert: "cert_file", key: "key_file" } as const;

/**
 * Reads the files of an endpoint's `tls` block.
 * @param skipVerify `insecure_skip_verify` as the schema read it.
 */
export function resolveTls(
  given: YamlValue | undefined,
  path: ConfigPath,
  options: { skipVerify: boolean; readFile: (path: string) => string },
): TlsResult {
  if (!isMapping(given)) return { tls: undefined, problems: [] };
  const problems: Problem[] = [];
  const contents: { ca?: string; cert?: string; key?: string } = {};
  for (const [part, field] of Object.entries(FILES) as ["ca" | "cert" | "key", string][]) {
    const file = given[field];
    if (typeof file !== "string" || file === "") continue;
    const content = readPem(file, [...path, field], options.readFile, problems);
    if (content !== undefined) contents[part] = content;
  }
  const has = (field: string) => typeof given[field] === "string";
  if (has("cert_file") !== has("key_file")) {
    const missing = has("cert_file") ? "key_file" : "cert_file";
    problems.push({
      path: [...path, missing],
      message: "is missing: a client certificate needs both cert_file and key_file",
    });
  }
  const serverName = given.server_name;
  return {
    tls: {
      ...contents,
      ...(typeof serverName === "string" ? { serverName } : {}),
      rejectUnauthorized: !options.skipVerify,
    },
    problems,
  };
}

function readPem(
  file: string,
  path: ConfigPath,
  readFile: (path: string) => string,
  problems: Problem[],
): string | undefined {
  try {
    const content = readFile(file);
    if (content.includes("-----BEGIN ")) return content;
    problems.push({ path, message: `must name a PEM file ("-----BEGIN …"); "${file}" is none` });
  } catch (error) {
    problems.push({ path, message: `names the file "${file}": ${fileFault(error)}` });
  }
  return undefined;
}
