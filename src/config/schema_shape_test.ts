import assert from "node:assert/strict";
import { test } from "node:test";
import { fileSchema } from "./schema.ts";
import { defaultOf, marksOf, schemaAt, shapeOf } from "./schema_shape.ts";

function at(...path: (string | number)[]) {
  const schema = schemaAt(fileSchema, path);
  assert.ok(schema !== undefined, path.join("."));
  return schema;
}

test("shapeOf looks through defaults, pipes and checks", () => {
  assert.equal(shapeOf(at("server", "cors")).kind, "mapping");
  assert.equal(shapeOf(at("endpoints")).kind, "list");
  assert.equal(shapeOf(at("endpoints", 3)).kind, "mapping");
  assert.equal(shapeOf(at("endpoints", 3, "headers")).kind, "record");
  assert.deepEqual(shapeOf(at("logging", "level")), { kind: "scalar", words: ["debug", "info", "warn", "error"] });
});

test("schemaAt knows no key that the schema lacks", () => {
  assert.equal(schemaAt(fileSchema, ["server", "hots"]), undefined);
  assert.equal(schemaAt(fileSchema, ["server", "constructor"]), undefined);
  assert.equal(schemaAt(fileSchema, ["server", "port", "x"]), undefined);
});

test("marksOf finds what is secret, what is expanded, and the kind of value", () => {
  for (const path of [["auth", "token"], ["auth"], ["headers"], ["headers", "X"], ["proxy_url"]]) {
    assert.ok(marksOf(at("endpoints", 0, ...path)).secret, path.join("."));
  }
  assert.ok(marksOf(at("server", "admin_token")).secret);
  assert.ok(!marksOf(at("endpoints", 0, "auth", "type")).secret);
  assert.ok(marksOf(at("endpoints", 0, "url")).expanded);
  assert.ok(!marksOf(at("endpoints", 0, "name")).expanded);
  assert.equal(marksOf(at("server", "read_timeout")).type, "duration");
  assert.equal(marksOf(at("server", "host")).type, "text");
});

test("defaultOf gives the default as the file would say it", () => {
  assert.equal(defaultOf(at("server", "read_timeout")), "30s");
  assert.equal(defaultOf(at("server", "admin_token")), undefined);
});
