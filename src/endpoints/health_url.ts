import type { Profile } from "../config/profile.ts";
import { joinPath } from "../lib/join_path.ts";
import type { Endpoint } from "./endpoint.ts";

/** Where an endpoint's health is asked. */
export interface HealthTargets {
  /** Absolute URLs in the order of trying: the next one only when the former answers 404. Never empty. */
  readonly urls: readonly string[];
  /** What the user should know about them; undefined for nothing. */
  readonly warning: string | undefined;
}

/** Health paths that make the server call its models, and the free ones to ask instead. */
interface CostlyHealth {
  readonly paths: readonly string[];
  readonly free: readonly string[];
  readonly why: string;
}

const COSTLY_HEALTH: Readonly<Record<string, CostlyHealth>> = {
  litellm: {
    paths: ["/health"],
    free: ["/health/readiness", "/health/liveliness"],
    why: "calls every model behind LiteLLM, for money",
  },
  sglang: {
    paths: ["/health", "/health_generate"],
    free: ["/ready", "/model_info", "/get_model_info"],
    why: "makes SGLang generate a token",
  },
};

/**
 * The URLs that say whether an endpoint is well: its own `health_check_url`, else its profile's. A path that would make
 * the server call models is replaced by free ones, unless `health_check_deep` is on.
 */
export function healthTargets(endpoint: Endpoint, profile: Profile): HealthTargets {
  const configured = endpoint.config.health_check_url;
  const wanted = configured === undefined || configured.trim() === ""
    ? profile.health_check_paths.map((path) => backendUrl(endpoint, path))
    : [backendUrl(endpoint, configured.trim())];
  const asked = wanted.length > 0 ? wanted : [backendUrl(endpoint, "/")];
  const costly = COSTLY_HEALTH[profile.name];
  if (costly === undefined) return { urls: asked, warning: undefined };
  const deep = endpoint.config.health_check_deep;
  const urls: string[] = [];
  let replaced: string | undefined;
  for (const url of asked) {
    const path = costly.paths.find((candidate) => endsWithPath(url, candidate));
    if (path !== undefined && deep) {
      return { urls: asked, warning: `health_check_deep is on: each health check ${costly.why}` };
    }
    replaced ??= path;
    const instead = path === undefined ? [url] : costly.free.map((free) => replacePath(url, path, free));
    for (const one of instead) if (!urls.includes(one)) urls.push(one);
  }
  if (replaced === undefined || configured === undefined) return { urls, warning: undefined };
  const warning = `health_check_url "${replaced}" ${costly.why}; checking "${costly.free[0]}" instead ` +
    "(health_check_deep: true keeps it)";
  return { urls, warning };
}

/**
 * A backend's URL for a path from the config or a profile: absolute URLs as they are, anything else below the
 * endpoint's own path.
 */
export function backendUrl(endpoint: Endpoint, pathOrUrl: string): string {
  if (/^https?:\/\//i.test(pathOrUrl)) return pathOrUrl;
  const path = pathOrUrl.startsWith("/") ? pathOrUrl : `/${pathOrUrl}`;
  return endpoint.origin + joinPath(endpoint.basePath, path);
}

/** The path without doubled or final slashes, as servers see it when they are lenient. */
function tidyPath(url: URL): string {
  let path = url.pathname;
  try {
    path = decodeURIComponent(path);
  } catch {
    // A stray "%" is no escape; the path is compared as it stands.
  }
  return path.replace(/\/{2,}/g, "/").replace(/\/+$/, "");
}

function endsWithPath(url: string, path: string): boolean {
  return URL.canParse(url) && tidyPath(new URL(url)).endsWith(path);
}

/** Puts `free` where `path` ends the URL; its query goes, since it was meant for the former. */
function replacePath(url: string, path: string, free: string): string {
  const parsed = new URL(url);
  return parsed.origin + tidyPath(parsed).slice(0, -path.length) + free;
}
