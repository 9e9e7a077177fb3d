import { isPathEnabled } from "../config/path_match.ts";
import type { Profile } from "../config/profile.ts";
import { isAtLeast } from "../lib/version_order.ts";
import { type Needs, THINKING, TOOLS, VISION } from "./needs.ts";

/** Which of a backend's OpenAI-style paths a translated request goes to. */
export type TargetName = "chat" | "completions" | "embeddings";

/** Where a profile's servers have these paths; absent for what they do not have. */
export type TargetPaths = Readonly<Partial<Record<TargetName, string>>>;

/**
 * How an endpoint serves an operation: in the client's own dialect, at a path that may be another than the client's, or
 * through OpenAI's dialect.
 */
export type Way =
  | { readonly kind: "native"; readonly path: string }
  | { readonly kind: "translated"; readonly paths: TargetPaths };

/** What decides beside the profile. */
export interface WayFacts {
  /** What the server says of itself; undefined where it was not asked, or does not say. */
  readonly version: string | undefined;
  /** Names of operations whose native path it was found not to have. */
  readonly missing: ReadonlySet<string>;
  /** What the request needs; a profile may say that its servers cannot do it in this dialect. */
  readonly needs: Needs;
}

/** Something that clients of one dialect ask for, and that endpoints of another can serve too. */
export interface Operation {
  readonly name: string;
  /** The path in the client's dialect. */
  readonly path: string;
  /** Where the profile's servers serve it themselves. */
  readonly nativePath: (profile: Profile, facts: WayFacts) => string | undefined;
  /** What it is translated to; undefined for what only a native endpoint can do. */
  readonly target: TargetName | undefined;
}

/** Where OpenAI's API is, by the kind of server; the first that the profile enables counts. */
const BASES = ["/v1", "/api/v1", "/engines/v1", ""];
const SUFFIXES: Readonly<Record<TargetName, string>> = {
  chat: "/chat/completions",
  completions: "/completions",
  embeddings: "/embeddings",
};

const remembered = new WeakMap<Profile, TargetPaths>();

/** The profile's paths for translated requests. */
export function targetPaths(profile: Profile): TargetPaths {
  let paths = remembered.get(profile);
  if (paths === undefined) {
    const found: Partial<Record<TargetName, string>> = {};
    for (const target of ["chat", "completions", "embeddings"] as const) {
      const path = BASES.map((base) => base + SUFFIXES[target]).find((path) => isPathEnabled(profile, "POST", path));
      if (path !== undefined) found[target] = path;
    }
    remembered.set(profile, paths = found);
  }
  return paths;
}

/** How a profile's servers serve an operation; undefined when they cannot. */
export function wayOf(profile: Profile, operation: Operation, facts: WayFacts): Way | undefined {
  const path = facts.missing.has(operation.name) ? undefined : operation.nativePath(profile, facts);
  if (path !== undefined) return { kind: "native", path };
  const paths = targetPaths(profile);
  return operation.target !== undefined && paths[operation.target] !== undefined
    ? { kind: "translated", paths }
    : undefined;
}

/** An operation that servers have at the client's own path, if their profile enables it. */
function plain(name: string, path: string, target: TargetName | undefined): Operation {
  return { name, path, target, nativePath: (profile) => isPathEnabled(profile, "POST", path) ? path : undefined };
}

/** What a profile's `limitations` can say that a request may need. The others only inform. */
const LIMITATIONS: Readonly<Record<string, Needs>> = {
  no_tool_use: TOOLS,
  no_vision: VISION,
  no_extended_thinking: THINKING,
};

const MESSAGES_PATH = "/v1/messages";
const COUNT_TOKENS_PATH = "/v1/messages/count_tokens";

function anthropicPath(profile: Profile, { version, needs }: WayFacts): string | undefined {
  const { anthropic } = profile;
  if (anthropic === undefined) return isPathEnabled(profile, "POST", MESSAGES_PATH) ? MESSAGES_PATH : undefined;
  if (anthropic.limitations.some((word) => ((LIMITATIONS[word] ?? 0) & needs) !== 0)) return undefined;
  // A server that does not tell its version is taken to be new enough: it is asked, and says 404 if not.
  const { min_version } = anthropic;
  const isTooOld = min_version !== undefined && version !== undefined && !isAtLeast(version, min_version);
  return isTooOld ? undefined : anthropic.messages_path;
}

/** Anthropic's `/v1/messages`. */
export const MESSAGES: Operation = {
  name: "messages",
  path: MESSAGES_PATH,
  nativePath: anthropicPath,
  target: "chat",
};

/** The same where `translators.anthropic.passthrough_enabled` is off. */
export const MESSAGES_TRANSLATED: Operation = { ...MESSAGES, nativePath: () => undefined };

/** Anthropic's `/v1/messages/count_tokens`; where no endpoint can, olla counts itself. */
export const COUNT_TOKENS: Operation = {
  name: "count_tokens",
  path: COUNT_TOKENS_PATH,
  nativePath: (profile, facts) => {
    // A profile that says no more of it lists the path, or does not.
    if (profile.anthropic === undefined) {
      return isPathEnabled(profile, "POST", COUNT_TOKENS_PATH) ? COUNT_TOKENS_PATH : undefined;
    }
    const path = anthropicPath(profile, facts);
    return path !== undefined && profile.anthropic.token_count ? `${path}/count_tokens` : undefined;
  },
  target: undefined,
};

/** The same where `translators.anthropic.passthrough_enabled` is off. */
export const COUNT_TOKENS_LOCAL: Operation = { ...COUNT_TOKENS, nativePath: () => undefined };

/** OpenAI's `/v1/responses`. */
export const RESPONSES = plain("responses", "/v1/responses", "chat");

export const OLLAMA_CHAT = plain("ollama_chat", "/api/chat", "chat");
export const OLLAMA_GENERATE = plain("ollama_generate", "/api/generate", "chat");
export const OLLAMA_EMBED = plain("ollama_embed", "/api/embed", "embeddings");
export const OLLAMA_EMBEDDINGS = plain("ollama_embeddings", "/api/embeddings", "embeddings");
/** Ollama's `/api/show`; of models that no Ollama has, olla tells what it knows itself. */
export const OLLAMA_SHOW: Operation = {
  name: "ollama_show",
  path: "/api/show",
  // Others have the path as well (SGLang), and say less than is known here.
  nativePath: (profile) => profile.name === "ollama" ? "/api/show" : undefined,
  target: undefined,
};
