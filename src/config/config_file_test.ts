import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { findConfigFile } from "./config_file.ts";

function find(path: string | undefined, files: string[], env: Record<string, string> = {}) {
  return findConfigFile(path, { cwd: "/home", env, exists: (name) => files.includes(name) });
}

describe("findConfigFile", () => {
  test("prefers the flag to the variable, and the variable to the usual names", () => {
    const files = ["/home/a.yaml", "/etc/b.yaml", "/home/config.yaml"];
    const env = { OLLA_CONFIG_FILE: "/etc/b.yaml" };
    assert.deepEqual(find("a.yaml", files, env), { kind: "file", name: "a.yaml", fullPath: "/home/a.yaml" });
    assert.deepEqual(find(undefined, files, env), { kind: "file", name: "/etc/b.yaml", fullPath: "/etc/b.yaml" });
    assert.deepEqual(find(undefined, files), { kind: "file", name: "config.yaml", fullPath: "/home/config.yaml" });
  });

  test("takes the first of the usual names that exists", () => {
    const order = ["config/config.local.yaml", "config/config.yaml", "config.yaml", "default.yaml", "olla.yaml"];
    for (let first = 0; first < order.length; first++) {
      const found = find(undefined, order.slice(first).map((name) => `/home/${name}`));
      assert.equal(found.kind === "file" && found.name, order[first]);
    }
  });

  test("finds none without a word, but misses one that was named", () => {
    assert.deepEqual(find(undefined, []), { kind: "none" });
    assert.deepEqual(find(undefined, [], { OLLA_CONFIG_FILE: "" }), { kind: "none" });
    assert.deepEqual(find("x.yaml", ["/home/olla.yaml"]), { kind: "missing", name: "x.yaml", namedBy: "--config" });
    assert.deepEqual(find(undefined, [], { OLLA_CONFIG_FILE: "y" }), {
      kind: "missing",
      name: "y",
      namedBy: "OLLA_CONFIG_FILE",
    });
  });
});
