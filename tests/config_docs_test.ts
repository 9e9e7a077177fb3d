import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import type * as v from "valibot";
import { configReference, REFERENCE_FILE } from "../scripts/config_reference.ts";
import { formatIssue } from "../src/config/issues.ts";
import { loadConfigText } from "../src/config/load.ts";
import { NO_EFFECT } from "../src/config/no_effect.ts";
import { PENDING } from "../src/config/pending.ts";
import { type Config, fileSchema } from "../src/config/schema.ts";
import { shapeOf } from "../src/config/schema_shape.ts";
import { parseYaml, valueAt } from "../src/config/yaml_tree.ts";

const EXAMPLE = readFileSync(new URL("../docs/olla.example.yaml", import.meta.url), "utf8");

function load(text: string) {
  const readFile = (path: string): string => {
    throw new Error(`The example names no file: ${path}`);
  };
  return loadConfigText(text, "olla.example.yaml", { cwd: "/", env: {}, readFile, strict: true });
}

function configOf(text: string): Config {
  const result = load(text);
  if (result.kind === "ok") return result.config;
  throw new Error(result.issues.map(formatIssue).join("\n"));
}

const IDLE = [...PENDING.map(({ key }) => key), ...Object.keys(NO_EFFECT)];

/** All keys that do something: those of sections, and the first level of an endpoint's. */
function settings(schema: v.GenericSchema, key: string): string[] {
  if (IDLE.includes(key) || key === "discovery.static") return [];
  const shape = shapeOf(schema);
  if (key.startsWith("endpoints[].") || (shape.kind !== "mapping" && key !== "endpoints")) return [key];
  const inner = shape.kind === "list" ? shapeOf(shape.item) : shape;
  const prefix = key === "" ? "" : shape.kind === "list" ? `${key}[].` : `${key}.`;
  const entries = inner.kind === "mapping" ? Object.entries(inner.entries) : [];
  return entries.flatMap(([child, value]) => settings(value, `${prefix}${child}`));
}

test("docs/configuration.md is what the schema says (else run: bun scripts/config_reference.ts)", () => {
  assert.equal(readFileSync(REFERENCE_FILE, "utf8"), configReference());
});

describe("docs/olla.example.yaml", () => {
  // Settings that are commented out have no space after "#"; prose has one.
  const uncommented = EXAMPLE.replace(/^(\s*)#(?=\S| {2,}\S)/gm, "$1");

  test("shows every setting that is in effect", () => {
    const { root } = parseYaml(uncommented);
    const entries = valueAt(root, ["endpoints"]);
    const ofEndpoints = new Set((Array.isArray(entries) ? entries : []).flatMap((entry) => Object.keys(entry)));
    const missing = settings(fileSchema, "").filter((key) => {
      const inner = key.split("endpoints[].")[1];
      return inner === undefined ? valueAt(root, key.split(".")) === undefined : !ofEndpoints.has(inner);
    });
    // There is one kind of discovery and of registry, and nothing to choose.
    assert.deepEqual(missing, ["discovery.type", "model_registry.type"]);
  });

  test("loads as it stands, without a warning", () => {
    const result = load(EXAMPLE);
    assert.deepEqual(result.kind === "ok" ? result.warnings : result.issues, []);
    const { endpoints } = configOf(EXAMPLE);
    assert.deepEqual(endpoints.map((endpoint) => endpoint.name), ["local-ollama", "litellm-gateway"]);
  });

  test("loads with every setting switched on, without a warning", () => {
    const result = load(uncommented);
    assert.deepEqual(result.kind === "ok" ? result.warnings.map(formatIssue) : result.issues.map(formatIssue), []);
    assert.doesNotMatch(uncommented, /^\s*#[^ ]/m);
  });

  test("shows the defaults in what it has commented out", () => {
    const { endpoints, ...shown } = configOf(uncommented);
    const { endpoints: _, ...standing } = configOf(EXAMPLE);
    assert.deepEqual(shown, standing);
    const [plain] = configOf("endpoints: [{url: 'http://gpu', name: litellm-gateway}]").endpoints;
    for (
      const key of ["check_interval", "check_timeout", "health_check_deep", "preserve_path", "forward_auth"] as const
    ) {
      assert.equal(endpoints[1]?.[key], plain?.[key], key);
    }
  });
});
