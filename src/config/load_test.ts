import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { formatIssue } from "./issues.ts";
import { loadConfig, type LoadOptions } from "./load.ts";
import { configOf, load, readFrom, report } from "./test_support.ts";

describe("a config with many faults", () => {
  const text = `server:
  port: 99999
  hots: x
  read_timeout: 30
proxy:
  load_balancer: round-robbin
endpoints:
  - url: http://user:hunter2@localhost:11434
    auth: {type: bearer, token: "\${NOPE}"}
  - url: localhost:11434
    check_interval: 500ms
    check_interval: 6s
  - url: http://localhost:4000
    auth: {type: berer, token: hunter2}
    headers: [hunter2]
model_aliases:
  gpt: []
  " x": [""]
logging: debug
`;
  const lines = report(text, { env: { OLLA_SERVER_HEALTH_RATE_LIMIT: "many" } });

  test("has all of them reported at once, in the order of the file", () => {
    assert.deepEqual(lines.map((line) => line.split("\n")[0]), [
      "error: olla.yaml:2:9: server.port must be a whole number from 0 to 65535, found 99999",
      'warning: olla.yaml:3:3: server.hots is not a known key and is ignored; did you mean "host"?',
      "error: olla.yaml:4:17: server.read_timeout must have a unit, such as 30s, 30m or 30ms, found 30",
      'error: olla.yaml:6:18: proxy.load_balancer must be "priority", "least-connections" or "round-robin", found "round-robbin"; did you mean "round-robin"?',
      "error: olla.yaml:8:10: endpoints[0].url must not contain credentials; give them as",
      'error: olla.yaml:9:33: endpoints[0].auth.token uses the environment variable "NOPE", which is not set',
      'error: olla.yaml:10:10: endpoints[1].url must begin with http:// or https://: write "http://localhost:11434", found "localhost:11434"',
      'error: olla.yaml:11:21: endpoints[1].check_interval must be at least 1s, found "500ms"',
      "error: olla.yaml:12:5: endpoints[1].check_interval is given twice; the first is in line 11",
      'error: olla.yaml:14:18: endpoints[2].auth.type must be "bearer", "api_key" or "basic", found "berer"; did you mean "bearer"?',
      "error: olla.yaml:15:14: endpoints[2].headers must be a mapping of header names to values, found a list",
      "error: olla.yaml:17:8: model_aliases.gpt must list at least one model name, found an empty list",
      'error: olla.yaml:18:3: model_aliases[" x"] must not have white space around its name',
      'error: olla.yaml:18:10: model_aliases[" x"][0] must be a model name, not an empty text, found nothing',
      'error: olla.yaml:19:10: logging must be a mapping (such as level: …), found "debug"',
      'error: environment variable OLLA_SERVER_HEALTH_RATE_LIMIT: server.rate_limits.health_requests_per_minute must be a whole number of 0 or more, found "many"',
    ]);
  });

  test("repeats no secret", () => assert.doesNotMatch(lines.join("\n"), /hunter2/));

  test("is not loaded", () => assert.equal(load(text).kind, "invalid"));
});

describe("files of odd shapes", () => {
  for (const text of ["", "# nothing\n", "---\n", "{}", "server:\nendpoints:\n", "\uFEFF"]) {
    test(`${JSON.stringify(text)} means the defaults`, () => {
      assert.deepEqual(report(text), []);
      assert.deepEqual(configOf(text), configOf(""));
    });
  }

  const bad: [string, string][] = [
    ["- a\n- b", "error: olla.yaml:1:1: must be a mapping (such as server: …), found a list"],
    ["just text", 'error: olla.yaml:1:1: must be a mapping (such as server: …), found "just text"'],
    [
      "server:\n\tport: 1",
      "error: olla.yaml:2:1: This line is indented with a tab, which YAML does not allow; use spaces",
    ],
  ];
  for (const [text, line] of bad) {
    test(`${JSON.stringify(text)} is refused`, () => assert.deepEqual(report(text), [line]));
  }

  test("a second document is named and passed over", () => {
    assert.deepEqual(report("server: {port: 1}\n---\nserver: {port: 2}"), [
      'warning: olla.yaml:2:1: A second document begins here ("---"); only the first one is read',
    ]);
    assert.equal(configOf("server: {port: 1}\n---\nserver: {port: 2}").server.port, 1);
  });
});

describe("secrets", () => {
  const secret = "hunter2secret";
  const faulty = [
    `endpoints: [{url: http://gpu, auth: ${secret}}]`,
    `endpoints: [{url: http://gpu, auth: [${secret}]}]`,
    `endpoints: [{url: http://gpu, auth: {type: bearer, token: [${secret}]}}]`,
    `endpoints: [{url: http://gpu, auth: {type: bearer, token: "${secret}\${X}"}}]`,
    `endpoints: [{url: http://gpu, auth: {type: bearer, token: "\${${secret}-}"}}]`,
    `endpoints: [{url: http://gpu, auth: {type: bearer, key: ${secret}}}]`,
    `endpoints: [{url: http://gpu, auth: {type: bearer, token_file: ${secret}}}]`,
    `endpoints: [{url: http://gpu, auth: {type: basic, username: "${secret}:", password: x}}]`,
    `endpoints: [{url: http://gpu, auth: {type: api_key, key: ${secret}, header: "a b"}}]`,
    `endpoints: [{url: http://gpu, headers: ${secret}}]`,
    `endpoints: [{url: http://gpu, headers: ["Authorization: ${secret}"]}]`,
    `endpoints: [{url: http://gpu, headers: {"Authorization Bearer ${secret}": x}}]`,
    `endpoints: [{url: http://gpu, headers: {Authorization: [${secret}]}}]`,
    `endpoints: [{url: http://gpu, headers: {Authorization: "${secret}\\n"}}, {url: gpu}]`,
    `endpoints: [{url: http://gpu, proxy_url: "${secret}@proxy"}]`,
    `endpoints: [{url: "http://u:${secret}@gpu"}]`,
    `endpoints: [{url: "u:${secret}@gpu:80"}]`,
    `endpoints: [{url: "\${TOKEN}"}]`,
    `endpoints: [{url: http://gpu, health_check_url: "http://u:${secret}@gpu"}]`,
    `endpoints: [{url: http://gpu, auth: {type: bearer, token: *${secret}}}]`,
    `endpoints: [{url: http://gpu, auth: {type: bearer, token: !${secret}}}]`,
    `server: {admin_token: [${secret}]}`,
    `auth: {keys: [${secret}]}`,
    `auth: {keys: [{key: [${secret}]}]}`,
    `auth: {keys: ${secret}}`,
    `auth: ${secret}`,
  ];
  for (const text of faulty) {
    test(`stay out of the messages for ${text}`, () => {
      const lines = report(text, { env: { TOKEN: secret } });
      assert.ok(lines.some((line) => line.startsWith("error")), lines.join("\n"));
      assert.ok(!lines.join("\n").includes(secret), lines.join("\n"));
    });
  }

  test("are read, and stay out of JSON and of copies", () => {
    const text = `
server: {admin_token: ${secret}}
auth: {keys: [{name: ci, key: ${secret}}]}
endpoints:
  - url: http://a
    proxy_url: http://u:${secret}@proxy
    auth: {type: bearer, token: ${secret}}
  - url: http://b
    headers: {X-Key: "\${TOKEN}"}
  - url: http://c
    auth: {type: api_key, key_file: key}
`;
    const config = configOf(text, { env: { TOKEN: secret }, files: { "/home/key": `${secret}\n` } });
    const [a, b, c] = config.endpoints;
    assert.equal(a?.resolved_headers.authorization, `Bearer ${secret}`);
    assert.equal(a?.proxy_url, `http://u:${secret}@proxy`);
    assert.deepEqual(a?.auth, { type: "bearer", header: "Authorization" });
    assert.deepEqual(b?.resolved_headers, { "x-key": secret });
    assert.deepEqual(b?.secret_headers, ["x-key"]);
    assert.equal(c?.resolved_headers["x-api-key"], secret);
    assert.equal(config.server.admin_token, secret);
    assert.equal(config.auth.keys[0]?.key, secret);
    assert.ok(!JSON.stringify(config).includes(secret));
    assert.ok(!JSON.stringify({ ...config.server, ...a }).includes(secret));
  });
});

describe("a loaded config", () => {
  test("is frozen all the way down", () => {
    const config = configOf("endpoints: [{url: http://a, auth: {type: bearer, token: t}}]\nmodel_aliases: {a: [b]}");
    const parts = [config, config.server.request_limits, config.endpoints, config.endpoints[0], config.model_aliases.a];
    for (const part of [...parts, config.endpoints[0]?.resolved_headers]) assert.ok(Object.isFrozen(part));
  });

  test("warns of priorities the wrong way round, but only where they count", () => {
    const text =
      "endpoints:\n  - {url: http://a, name: local, priority: 1}\n  - {url: http://litellm, name: cloud, priority: 9}\n";
    assert.deepEqual(report(text), [
      "warning: olla.yaml:3:50: cloud (priority 9) outranks local (1): swap them to use the cloud only when local is down",
    ]);
    assert.deepEqual(report(`${text}proxy: {load_balancer: round-robin}`), []);
  });

  test("keeps validated sections that need one another in step", () => {
    const lines = report(`
server:
  cors: {enabled: true, allowed_origins: [], max_age: -1}
dashboard: {access_policy: {allowed_cidrs: []}}
translators:
  anthropic:
    max_message_size: 101MB
    inspector: {enabled: true, output_dir: /var/../etc/x, session_header: "a b"}
`).filter((line) => line.startsWith("error"));
    assert.deepEqual(lines.map((line) => line.replace(/^.*?(\S+ must)/, "$1").split(",")[0]), [
      "server.cors.allowed_origins must name at least one origin",
      "server.cors.max_age must be a whole number of 0 or more",
      "dashboard.access_policy.allowed_cidrs must name at least one range of addresses when the dashboard is enabled",
      "translators.anthropic.max_message_size must be at most 104857600 bytes",
      "translators.anthropic.inspector.output_dir must not be a folder of the system",
      "translators.anthropic.inspector.session_header must be a header name",
    ]);
    assert.match(
      report("server: {cors: {enabled: true, allow_credentials: true}}")[0] ?? "",
      /cors\.allow_credentials must be false while allowed_origins holds "\*"/,
    );
    assert.match(report("discovery: {model_discovery: {interval: 0}}")[0] ?? "", /interval must be more than 0/);
  });

  for (
    const folder of ["/", "/etc", "/usr/lib/x", "/root", "/./proc", "C:\\Windows\\x", "c:/Program Files/x", "D:\\"]
  ) {
    test(`does not let the inspector write to ${folder}`, () => {
      const text = JSON.stringify({ translators: { anthropic: { inspector: { enabled: true, output_dir: folder } } } });
      assert.ok(report(text).some((line) => line.includes("must not be a folder of the system")));
      assert.ok(!report(text.replace("true", "false")).some((line) => line.startsWith("error")));
    });
  }
});

describe("loadConfig", () => {
  const files = { "/home/config.yaml": "server: {port: 1}", "/home/bad.yaml": "server: {port: x}" };
  const options: LoadOptions = {
    cwd: "/home",
    env: {},
    strict: false,
    readFile: readFrom(files),
    exists: (path) => Object.hasOwn(files, path) || path === "/home/folder",
  };

  test("reads the file it finds", () => {
    const result = loadConfig(options);
    assert.deepEqual([result.kind, result.path], ["ok", "config.yaml"]);
    assert.equal(result.kind === "ok" && result.config.server.port, 1);
  });

  test("has the defaults where there is no file", () => {
    const result = loadConfig({ ...options, exists: () => false });
    assert.deepEqual([result.kind, result.path], ["ok", undefined]);
    assert.equal(result.kind === "ok" && result.config.server.port, 40114);
  });

  test("says which named file is missing, and who named it", () => {
    const lines = (change: Partial<LoadOptions>) => {
      const result = loadConfig({ ...options, ...change });
      return result.kind === "invalid" ? result.issues.map(formatIssue) : [];
    };
    assert.deepEqual(lines({ path: "none.yaml" }), [
      "none.yaml: specified config file not found; correct --config or create the file",
    ]);
    assert.match(lines({ env: { OLLA_CONFIG_FILE: "x.yaml" } })[0] ?? "", /^x\.yaml: .* correct OLLA_CONFIG_FILE/);
    assert.match(lines({ path: "folder" })[0] ?? "", /^folder: This config file cannot be read/);
    assert.match(lines({ path: "bad.yaml" })[0] ?? "", /^bad\.yaml:1:16: server\.port must be/);
  });
});
