import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { configOf, namedProfiles, report } from "./test_support.ts";

const profiles = namedProfiles({ ollama: [], "lm-studio": ["lmstudio", "lm_studio"], litellm: [] });

describe("endpoints", () => {
  test("join both places, discovery.static.endpoints first", () => {
    const text = [
      "endpoints: [{url: 'http://c', name: c}]",
      "discovery: {static: {endpoints: [{url: 'http://a', name: a}, {url: 'http://b', name: b}]}}",
    ].join("\n");
    assert.deepEqual(configOf(text).endpoints.map((endpoint) => endpoint.name), ["a", "b", "c"]);
  });

  const names: [string, string[]][] = [
    ["{url: 'http://localhost:11434', type: ollama}", ["ollama-localhost-11434"]],
    ["{url: 'http://localhost:1234', type: LM_Studio}", ["lm-studio-localhost-1234"]],
    ["{url: 'http://gpu:8000'}", ["endpoint-gpu-8000"]],
    ["{url: 'http://gpu:8000', type: auto}", ["endpoint-gpu-8000"]],
    ["{url: 'https://gpu', name: ''}", ["endpoint-gpu-443"]],
    ["{url: 'unix:/run/llama.sock'}", ["endpoint-llama.sock"]],
    ["{url: 'http://gpu/a'}, {url: 'http://gpu/b'}", ["endpoint-gpu-80", "endpoint-gpu-80-b"]],
    ["{url: 'http://gpu:1'}, {url: 'http://x', name: endpoint-gpu-1}", ["endpoint-gpu-1-2", "endpoint-gpu-1"]],
    ["{url: 'http://gpu:1'}, {url: 'https://gpu:1'}", ["endpoint-gpu-1", "endpoint-gpu-1-2"]],
  ];
  for (const [entries, expected] of names) {
    test(`${entries} are named ${expected.join(", ")}`, () => {
      const { endpoints } = configOf(`endpoints: [${entries}]`, { profiles });
      assert.deepEqual(endpoints.map((endpoint) => endpoint.name), expected);
    });
  }

  const types: [string, string | undefined][] = [
    ["ollama", "ollama"],
    ["OLLAMA", "ollama"],
    ["lm_studio", "lm-studio"],
    ["auto", undefined],
    ["Auto", undefined],
    ["''", undefined],
    ["", undefined],
  ];
  for (const [type, expected] of types) {
    test(`type ${type || "left empty"} is ${expected ?? "left to detection"}`, () => {
      const [endpoint] = configOf(`endpoints: [{url: 'http://gpu', type: ${type}}]`, { profiles }).endpoints;
      assert.equal(endpoint?.type, expected);
      assert.equal("type" in (endpoint ?? {}), expected !== undefined);
    });
  }

  test("an unknown type is refused with the nearest one, if the types are known", () => {
    const text = "endpoints:\n  - url: http://gpu\n    type: olama\n";
    assert.deepEqual(report(text, { profiles }), [
      'error: olla.yaml:3:11: endpoints[0].type must be a known backend type (auto, ollama, lm-studio, litellm), found "olama"; did you mean "ollama"?',
    ]);
    assert.deepEqual(report(text), []);
  });

  test("duplicates name both places", () => {
    const text = [
      "discovery:",
      "  static:",
      "    endpoints:",
      "      - url: http://gpu:8000",
      "        name: a",
      "endpoints:",
      "  - url: HTTP://GPU:8000/",
      "    name: b",
      "  - url: http://other",
      "    name: a",
    ].join("\n");
    assert.deepEqual(report(text), [
      'error: olla.yaml:7:10: endpoints[0].url must be unique, but discovery.static.endpoints[0] (olla.yaml:4) has it too, found "HTTP://GPU:8000/"',
      'error: olla.yaml:10:11: endpoints[1].name must be unique, but discovery.static.endpoints[0] (olla.yaml:5) has it too, found "a"',
    ]);
  });

  const faults: [string, RegExp][] = [
    ["- {name: a}", /:12: endpoints\[0\]\.url must be the server's address.*found nothing$|:\d+: endpoints\[0\]\.url/],
    ["- {url: ftp://gpu}", /endpoints\[0\]\.url must be an http:\/\/ or https:\/\/ URL, .* found "ftp:\/\/gpu"$/],
    ["- {url: [http://gpu]}", /endpoints\[0\]\.url must be the server's address.* found a list$/],
    ["- http://gpu", /endpoints\[0\] must be a mapping .* found "http:\/\/gpu"$/],
    ["- ", /endpoints\[0\] must be a mapping .* found nothing$/],
    ["- {url: http://gpu, name: büro}", /endpoints\[0\]\.name must be of printable ASCII characters/],
    ["- {url: http://gpu, priority: -1}", /priority must be a whole number of 0 or more, found -1$/],
    ["- {url: http://gpu, check_interval: 500ms}", /check_interval must be at least 1s, found "500ms"$/],
    ["- {url: http://gpu, check_interval: 1m, check_timeout: 31s}", /check_timeout must be at most 30s, found "31s"$/],
    ["- {url: http://gpu, check_timeout: 5s}", /check_timeout must be less than check_interval \(5s\), found "5s"$/],
    [
      "- {url: http://gpu, check_interval: 2s}",
      /check_timeout must be less than check_interval \(2s\), found its default 2s$/,
    ],
    ["- {url: http://gpu, check_timeout: 0}", /check_timeout must be at least 1ms, found 0$/],
    ["- {url: http://gpu, health_check_url: 'http://u:p@x'}", /health_check_url must not contain credentials/],
    ["- {url: http://gpu, proxy_url: proxy}", /proxy_url must be the http:\/\/ or https:\/\/ address of a proxy/],
    ["- {url: http://gpu, model_filter: {include: ['a*b']}}", /model_filter\.include\[0\] may have "\*" only at/],
    ["- {url: http://gpu, tls: {ca_file: ''}}", /tls\.ca_file must be the path of a PEM file, found nothing$/],
  ];
  for (const [entry, message] of faults) {
    test(`${JSON.stringify(entry)} is refused`, () => {
      const lines = report(`endpoints:\n  ${entry}\n`).filter((line) => line.startsWith("error"));
      assert.equal(lines.length, 1, lines.join("\n"));
      assert.match(lines[0] ?? "", message);
    });
  }

  test("a list that is none is refused", () => {
    assert.match(
      report("endpoints: {url: http://gpu}")[0] ?? "",
      /endpoints must be a list of endpoints.*found a mapping$/,
    );
  });

  test("addresses take variables, which no message repeats", () => {
    const text = "endpoints: [{url: 'http://${HOST}:${PORT:-80}', model_url: '/${P}', name: a}]";
    const [endpoint] = configOf(text, { env: { HOST: "gpu", P: "m" } }).endpoints;
    assert.deepEqual([endpoint?.url, endpoint?.model_url], ["http://gpu:80", "/m"]);
    const [line] = report("endpoints: [{url: '${KEY}'}]", { env: { KEY: "sk-123" } });
    assert.match(line ?? "", /after its variables are replaced; found "\$\{KEY\}"$/);
    assert.match(report("endpoints: [{url: 'http://${NONE}'}]")[0] ?? "", /url uses the environment variable "NONE"/);
  });

  test("empty check URLs mean the type's own", () => {
    const [endpoint] = configOf("endpoints: [{url: http://gpu, health_check_url: '', model_url: }]").endpoints;
    assert.ok(endpoint !== undefined && !("health_check_url" in endpoint) && !("model_url" in endpoint));
  });
});
