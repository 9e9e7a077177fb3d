import process from "node:process";

/** What `/version` tells of the build. */
export interface VersionFacts {
  readonly version: string;
  readonly commit: string;
  readonly date: string;
  /** Name and version of the runtime, as `Bun 1.4.5`. */
  readonly runtime: string;
  /** Names of the backend types that this run knows. */
  readonly backends: readonly string[];
  /** `translators.anthropic`. */
  readonly anthropic: { readonly enabled: boolean; readonly passthrough_enabled: boolean };
}

/** Types that the Go program spells otherwise in this list. */
const GO_NAMES: Readonly<Record<string, string>> = {
  "lm-studio": "lm_studio",
  "openai-compatible": "openai_compatible",
};

/** What this run does, in the Go program's words. */
function capabilities({ enabled, passthrough_enabled }: VersionFacts["anthropic"]): readonly string[] {
  return [
    "load_balancing",
    "health_checking",
    "model_unification",
    "endpoint_discovery",
    "message_translation",
    ...(enabled ? ["translation_anthropic"] : []),
    ...(enabled && passthrough_enabled ? ["passthrough_anthropic"] : []),
  ];
}

/** The body of `/version`, in the Go program's shape; `runtime` stands beside its `go_version`. */
export function versionReport(facts: VersionFacts) {
  return {
    api: {
      endpoints: {
        health: "/internal/health",
        status: "/internal/status",
        version: "/version",
      },
      version: "v1",
    },
    build: {
      commit: facts.commit,
      date: facts.date,
      go_version: facts.runtime,
      runtime: facts.runtime,
      platform: `${process.platform}/${process.arch}`,
    },
    name: "Olla",
    version: facts.version,
    edition: "Community",
    description: "One address in front of your LLM servers",
    capabilities: capabilities(facts.anthropic),
    capabilities_experimental: [],
    supported_backends: facts.backends.map((name) => GO_NAMES[name] ?? name),
  };
}
