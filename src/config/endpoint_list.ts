/**
 * The checks that one endpoint's schema cannot make: addresses, types, secrets, and names and URLs across the list.
 * They work on the tree, so that a wrong number elsewhere hides none of them.
 * @module
 */
import { didYouMean } from "../lib/closest.ts";
import { resolveTls } from "./endpoint_tls.ts";
import { checkUrlProblem, type EndpointUrl, proxyUrlProblem, readEndpointUrl } from "./endpoint_url.ts";
import { type ConfigPath, describeFound, formatPath, type Problem } from "./issues.ts";
import { endpointPaths } from "./key_paths.ts";
import type { ProfileSet } from "./profile.ts";
import type { EndpointConfig, ResolvedTls } from "./schema.ts";
import { resolveHeaders, type SecretSources } from "./secrets.ts";
import { isMapping, valueAt, type YamlMapping } from "./yaml_tree.ts";

/** What is known of an endpoint beyond its schema's values. */
export interface EndpointFacts {
  /** Where its entry stands. */
  readonly path: ConfigPath;
  readonly name: string;
  readonly url: string;
  /** Canonical when profiles are known; undefined when it must be detected. */
  readonly type: string | undefined;
  readonly auth: EndpointConfig["auth"];
  readonly headers: Readonly<Record<string, string>>;
  readonly secretNames: readonly string[];
  readonly tls: ResolvedTls | undefined;
}

/** What {@link readEndpoints} needs. */
export interface EndpointContext extends SecretSources {
  /** The tree as written, for messages. */
  readonly written: unknown;
  readonly profiles: ProfileSet | undefined;
  /** Says where an entry is, as `olla.yaml:12`. */
  readonly placeOf: (path: ConfigPath) => string;
}

interface Draft extends Omit<EndpointFacts, "name" | "url"> {
  readonly givenName: string | undefined;
  readonly address: EndpointUrl;
}

/** Reads all endpoints of a tree, in the order in which they are joined. */
export function readEndpoints(
  tree: unknown,
  context: EndpointContext,
): { facts: EndpointFacts[]; problems: Problem[] } {
  const problems: Problem[] = [];
  const drafts: Draft[] = [];
  for (const path of endpointPaths(tree)) {
    const entry = valueAt(tree, path);
    if (isMapping(entry)) drafts.push(readEndpoint(entry, path, context, problems));
  }
  reportDuplicates(drafts, context, problems);
  const names = deriveNames(drafts);
  const facts = drafts.map(({ givenName: _, address, ...rest }, index) => ({
    ...rest,
    name: names[index] ?? "",
    url: address.kind === "url" ? address.url : "",
  }));
  return { facts, problems };
}

function textOf(entry: YamlMapping, key: string): string | undefined {
  const value = entry[key];
  return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
}

function readEndpoint(entry: YamlMapping, path: ConfigPath, context: EndpointContext, problems: Problem[]): Draft {
  const address = readAddress(entry, path, context, problems);
  for (const key of ["health_check_url", "model_url"]) {
    const message = checkUrlProblem(textOf(entry, key) ?? "");
    if (message !== undefined) problems.push({ path: [...path, key], message });
  }
  const proxyUrl = textOf(entry, "proxy_url");
  const proxyProblem = proxyUrl === undefined ? undefined : proxyUrlProblem(proxyUrl);
  if (proxyProblem !== undefined) problems.push({ path: [...path, "proxy_url"], message: proxyProblem });
  const resolved = resolveHeaders(entry, path, context);
  const skipVerify = /^(?:true|yes|on|y)$/i.test(String(valueAt(entry, ["tls", "insecure_skip_verify"])));
  const tls = resolveTls(entry.tls, [...path, "tls"], { skipVerify, readFile: context.readFile });
  problems.push(...resolved.problems, ...tls.problems);
  return {
    path,
    givenName: readName(entry, path, problems),
    address,
    type: readType(entry, path, context.profiles, problems),
    auth: resolved.auth,
    headers: resolved.headers,
    secretNames: resolved.secretNames,
    tls: tls.tls,
  };
}

function readAddress(entry: YamlMapping, path: ConfigPath, context: EndpointContext, problems: Problem[]): EndpointUrl {
  const given = entry.url ?? "";
  const here = [...path, "url"];
  const address = readEndpointUrl(typeof given === "string" ? given : "");
  if (typeof given !== "string") return address; // said by the schema
  const written = valueAt(context.written, here);
  if (address.kind === "url" && address.warning !== undefined) {
    problems.push({ path: here, message: address.warning, severity: "warning" });
  }
  if (address.kind === "problem") {
    problems.push({ path: here, message: addressMessage(address.message, given, written) });
  }
  return address;
}

/** What a variable gave may be a secret by mistake: then only the text of the file is quoted. */
function addressMessage(message: string, given: string, written: unknown): string {
  if (written !== given && written !== undefined) {
    return `must be an http:// or https:// URL, or unix:/path, after its variables are replaced; found ${
      describeFound(written)
    }`;
  }
  return given.includes("@") ? message : `${message}, found ${describeFound(given)}`;
}

function readName(entry: YamlMapping, path: ConfigPath, problems: Problem[]): string | undefined {
  const name = textOf(entry, "name");
  if (name !== undefined && !/^[\x20-\x7e]+$/.test(name)) {
    const message = "must be of printable ASCII characters, since responses carry it in the header X-Olla-Endpoint";
    problems.push({ path: [...path, "name"], message: `${message}, found ${describeFound(name)}` });
  }
  return name;
}

function readType(
  entry: YamlMapping,
  path: ConfigPath,
  profiles: ProfileSet | undefined,
  problems: Problem[],
): string | undefined {
  const type = textOf(entry, "type");
  if (type === undefined || type.toLowerCase() === "auto") return undefined;
  if (profiles === undefined) return type;
  const profile = profiles.byType(type);
  if (profile !== undefined) return profile.name;
  const names = profiles.all.map((known) => known.name);
  const hint = didYouMean(type, profiles.all.flatMap((known) => [known.name, ...known.type_aliases]));
  const message = `must be a known backend type (auto, ${names.join(", ")}), found ${describeFound(type)}${hint}`;
  problems.push({ path: [...path, "type"], message });
  return undefined;
}

function reportDuplicates(drafts: readonly Draft[], context: EndpointContext, problems: Problem[]): void {
  const byName = new Map<string, Draft>();
  const byAddress = new Map<string, Draft>();
  const twice = (first: Draft | undefined, draft: Draft, key: "name" | "url") => {
    if (first === undefined) return;
    const place = `${formatPath(first.path)} (${context.placeOf([...first.path, key])})`;
    const found = key === "name"
      ? describeFound(draft.givenName)
      : describeFound(valueAt(context.written, [...draft.path, key]));
    problems.push({ path: [...draft.path, key], message: `must be unique, but ${place} has it too, found ${found}` });
  };
  for (const draft of drafts) {
    const { givenName: name, address } = draft;
    if (name !== undefined) {
      twice(byName.get(name), draft, "name");
      if (!byName.has(name)) byName.set(name, draft);
    }
    if (address.kind === "url") {
      twice(byAddress.get(address.identity), draft, "url");
      if (!byAddress.has(address.identity)) byAddress.set(address.identity, draft);
    }
  }
}

/** `ollama-localhost-11434`; what would be the same twice gets its URL's path, then a number. */
function deriveNames(drafts: readonly Draft[]): string[] {
  const taken = new Set(drafts.flatMap((draft) => draft.givenName ?? []));
  return drafts.map((draft) => {
    const { givenName, address, type } = draft;
    if (givenName !== undefined || address.kind === "problem") return givenName ?? "";
    const base = [type ?? "endpoint", address.host, address.port].filter((part) => part !== "").join("-");
    const pathPart = address.path.replaceAll("/", "-");
    const name = [base, `${base}${pathPart}`].find((candidate) => !taken.has(candidate)) ?? numbered(base, taken);
    taken.add(name);
    return name;
  });
}

function numbered(base: string, taken: ReadonlySet<string>): string {
  let number = 2;
  while (taken.has(`${base}-${number}`)) number++;
  return `${base}-${number}`;
}
