import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { applyOverrides, ENV_VARIABLES, envOverrides } from "./env_overrides.ts";
import { fileSchema } from "./schema.ts";
import { schemaAt, shapeOf } from "./schema_shape.ts";
import { configOf, report } from "./test_support.ts";

describe("environment variables", () => {
  for (const [name, { path, kind }] of Object.entries(ENV_VARIABLES)) {
    test(`${name} belongs to a key of the schema, of its kind`, () => {
      const schema = schemaAt(fileSchema, path);
      assert.ok(schema !== undefined);
      assert.equal(shapeOf(schema).kind, kind === "list" ? "list" : "scalar");
    });
  }

  test("win over the file", () => {
    const env = { OLLA_SERVER_PORT: "5000", OLLA_LOGGING_LEVEL: "DEBUG", OLLA_PROXY_READ_TIMEOUT: "1m" };
    const config = configOf("server: {port: 4000, host: gpu}\nlogging: {level: error}", { env });
    assert.deepEqual([config.server.port, config.server.host, config.logging.level], [5000, "gpu", "debug"]);
    assert.equal(config.proxy.read_timeout, 60_000);
  });

  test("work without a file, with sizes and lists", () => {
    const config = configOf("", {
      env: { OLLA_SERVER_MAX_BODY_SIZE: "1KB", OLLA_SERVER_CORS_ALLOWED_ORIGINS: "https://a, https://b," },
    });
    assert.equal(config.server.request_limits.max_body_size, 1024);
    assert.deepEqual(config.server.cors.allowed_origins, ["https://a", "https://b"]);
  });

  for (
    const [value, expected] of [["1", true], ["t", true], ["TRUE", true], ["0", false], ["F", false], [
      "false",
      false,
    ]] as const
  ) {
    test(`read ${value} as ${expected}`, () => {
      assert.equal(configOf("", { env: { OLLA_SHOW_NERD_STATS: value } }).engineering.show_nerdstats, expected);
    });
  }

  test("count as unset when they are empty", () => {
    assert.deepEqual(envOverrides({ OLLA_SERVER_PORT: "", OLLA_SERVER_HOST: "  ", OLLA_PROXY_ENGINE: undefined }), []);
  });

  const bad: [string, string, RegExp][] = [
    ["OLLA_SERVER_PORT", "abc", /OLLA_SERVER_PORT: server\.port must be a whole number from 0 to 65535, found "abc"/],
    ["OLLA_SERVER_READ_TIMEOUT", "30", /OLLA_SERVER_READ_TIMEOUT: server\.read_timeout must have a unit/],
    ["OLLA_SERVER_CORS_ENABLED", "maybe", /server\.cors\.enabled must be true or false, found "maybe"/],
    ["OLLA_SERVER_TRUSTED_PROXY_CIDRS", "10.0.0.0/8,x", /trusted_proxy_cidrs\[1\] must be a range of addresses/],
    ["OLLA_PROXY_LOAD_BALANCER", "prioritty", /must be "priority".*did you mean "priority"\?/],
  ];
  for (const [name, value, message] of bad) {
    test(`are an error when they cannot be read: ${name}=${value}`, () => {
      const lines = report("", { env: { [name]: value } }).filter((line) => line.startsWith("error"));
      assert.equal(lines.length, 1, lines.join("\n"));
      assert.ok(lines[0]?.startsWith(`error: environment variable ${name}: `));
      assert.match(lines[0] ?? "", message);
    });
  }

  test("do not hide a part of the file that is no mapping", () => {
    assert.match(
      report("server: 5", { env: { OLLA_SERVER_PORT: "5000" } })[0] ?? "",
      /olla\.yaml:1:9: server must be a mapping/,
    );
  });

  test("that are a slip away from a known one are named; others are the user's own", () => {
    const env = { OLLA_SERVR_PORT: "1", OLLA_MY_THING: "x", OLLAMA_HOST: "y", OLLA_THEME: "z", OLLA_CONFIG_FILE: "f" };
    assert.deepEqual(report("", { env }), [
      "warning: environment variable OLLA_SERVR_PORT: This variable is not known and is ignored; did you mean OLLA_SERVER_PORT?",
    ]);
  });

  test("that set something pending are named as the place", () => {
    assert.deepEqual(report("", { env: { OLLA_SERVER_CORS_ENABLED: "true" } }), [
      "warning: environment variable OLLA_SERVER_CORS_ENABLED: server.cors is not in effect yet",
    ]);
  });
});

describe("overrides", () => {
  test("from flags win over the environment and are named in messages", () => {
    const flag = (value: string) => [{ path: ["server", "port"], source: "--port", value }];
    const env = { OLLA_SERVER_PORT: "5000" };
    assert.equal(configOf("server: {port: 4000}", { env, overrides: flag("6000") }).server.port, 6000);
    assert.deepEqual(report("", { env, overrides: flag("x") }), [
      'error: --port: server.port must be a whole number from 0 to 65535, found "x"',
    ]);
  });

  test("leave the given tree alone", () => {
    const tree = { server: { port: "1" } };
    applyOverrides(tree, [{ path: ["server", "port"], source: "x", value: "2" }]);
    assert.deepEqual(tree, { server: { port: "1" } });
  });
});
