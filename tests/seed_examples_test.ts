/**
 * The configurations of the two pages that describe olla beside LiteLLM, as they stand there: each must load, and mean
 * what the page says of it.
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { formatIssue } from "../src/config/issues.ts";
import { loadConfigText } from "../src/config/load.ts";
import { loadProfiles } from "../src/config/profile_load.ts";

const FOLDER = new URL("./seed_examples/", import.meta.url);

/** `type name url priority` of each endpoint, and the other things that the example says. */
interface Meaning {
  readonly endpoints: readonly string[];
  readonly balancer?: string;
  readonly modelUrls?: readonly string[];
  readonly healthUrls?: readonly string[];
  readonly warnings?: readonly string[];
}

const MEANINGS: Readonly<Record<string, Meaning>> = {
  "litellm_basic_setup.yaml": {
    endpoints: ["litellm litellm-gateway http://localhost:4000 75"],
    modelUrls: ["/v1/models"],
    healthUrls: ["/health"],
  },
  "litellm_multiple_instances.yaml": {
    endpoints: [
      "litellm litellm-primary http://litellm-primary:4000 90",
      "litellm litellm-secondary http://litellm-secondary:4000 70",
    ],
    modelUrls: ["/v1/models", "/v1/models"],
    healthUrls: ["/health", "/health"],
  },
  "litellm_cost_optimised_routing.yaml": {
    endpoints: [
      "ollama local-ollama http://localhost:11434 100",
      "litellm litellm-budget http://litellm-budget:4000 75",
      "litellm litellm-premium http://litellm-premium:4000 50",
    ],
  },
  "litellm_multi_region.yaml": {
    endpoints: [
      "litellm litellm-us-east http://litellm-us-east:4000 100",
      "litellm litellm-eu-west http://litellm-eu-west:4000 100",
    ],
    balancer: "least-connections",
  },
  "litellm_with_other_providers.yaml": {
    endpoints: [
      "ollama ollama-localhost-11434 http://localhost:11434 100",
      "lm-studio lm-studio-localhost-1234 http://localhost:1234 75",
      "litellm litellm-localhost-4000 http://localhost:4000 50",
    ],
  },
  "comparison_native_integration.yaml": {
    endpoints: [
      "ollama local-ollama http://localhost:11434 100",
      "litellm litellm-gateway http://localhost:4000 75",
    ],
    modelUrls: ["/v1/models"],
    healthUrls: ["/health"],
  },
  "comparison_home_lab.yaml": {
    endpoints: ["detected local-3090 http://localhost:11434 1", "detected litellm-cloud http://localhost:4000 10"],
    warnings: [
      "comparison_home_lab.yaml:8:15: litellm-cloud (priority 10) outranks local-3090 (1): " +
      "swap them to use the cloud only when local is down",
    ],
  },
  "comparison_enterprise_multi_region.yaml": {
    endpoints: [
      "detected sydney-litellm http://syd-litellm:8000 1",
      "detected melbourne-litellm http://mel-litellm:8000 2",
    ],
    warnings: [
      "comparison_enterprise_multi_region.yaml:8:15: melbourne-litellm (priority 2) outranks sydney-litellm (1): " +
      "the higher number is used first, so swap them if sydney-litellm is to come first",
    ],
  },
};

const { profiles } = loadProfiles({ dirs: [], readDir: () => [], readFile: () => "" });

function load(file: string) {
  const readFile = (path: string): string => {
    throw new Error(`No file is named in these examples: ${path}`);
  };
  const text = readFileSync(new URL(file, FOLDER), "utf8");
  return loadConfigText(text, file, { cwd: "/", env: {}, profiles, readFile, strict: true });
}

describe("the examples of the pages", () => {
  test("are all here", () => assert.deepEqual(readdirSync(FOLDER).toSorted(), Object.keys(MEANINGS).toSorted()));

  for (const [file, meaning] of Object.entries(MEANINGS)) {
    test(`${file} means what its page says`, () => {
      const result = load(file);
      assert.ok(result.kind === "ok", JSON.stringify(result));
      const { config, warnings } = result;
      assert.deepEqual(
        config.endpoints.map(({ type, name, url, priority }) => `${type ?? "detected"} ${name} ${url} ${priority}`),
        meaning.endpoints,
      );
      assert.equal(config.proxy.load_balancer, meaning.balancer ?? "priority");
      assert.deepEqual(config.endpoints.flatMap((endpoint) => endpoint.model_url ?? []), meaning.modelUrls ?? []);
      assert.deepEqual(
        config.endpoints.flatMap((endpoint) => endpoint.health_check_url ?? []),
        meaning.healthUrls ?? [],
      );
      for (const endpoint of config.endpoints) {
        assert.deepEqual([endpoint.check_interval, endpoint.check_timeout], [5000, 2000]);
      }
      assert.deepEqual(warnings.map(formatIssue), meaning.warnings ?? []);
    });
  }
});
