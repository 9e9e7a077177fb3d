import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { makePaint } from "../lib/paint.ts";
import {
  type BannerEndpoint,
  exampleCommand,
  exampleModel,
  formatBanner,
  formatListening,
  formatReady,
  type ListeningFacts,
  type ReadyFacts,
} from "./banner.ts";

const plain = makePaint(false);

const listening: ListeningFacts = {
  version: "1.2.3",
  url: "http://localhost:40114",
  addresses: ["127.0.0.1:40114", "[::1]:40114"],
  configFile: "olla.yaml",
  demo: false,
  warnings: [],
  alarm: undefined,
};
const ready: ReadyFacts = {
  url: "http://localhost:40114",
  configFile: "olla.yaml",
  demo: false,
  endpoints: [
    { name: "local", url: "http://localhost:11434", type: "ollama", status: "healthy", detail: "", models: 3 },
    {
      name: "gpu-box",
      url: "http://gpu-box:8000",
      type: undefined,
      status: "offline",
      detail: "connection refused",
      models: 0,
    },
  ],
  models: ["bge-m3", "llama3.2"],
  rootRoutes: true,
};

test("the whole banner says where olla is, what each endpoint does, and a command that works", () => {
  assert.equal(
    formatBanner(
      { ...listening, warnings: ["olla.yaml:3:1: proxy.engine has no effect: olla has one engine"] },
      ready,
      plain,
    ),
    `
olla 1.2.3  http://localhost:40114

  listening  127.0.0.1:40114, [::1]:40114
  config     olla.yaml
  warning    olla.yaml:3:1: proxy.engine has no effect: olla has one engine

  local    ollama          healthy  3 models
  gpu-box  type not known  offline  connection refused

  Try:
  curl http://localhost:40114/v1/chat/completions -H 'Content-Type: application/json' -d '{"model":"llama3.2","messages":[{"role":"user","content":"Hello"}]}'

  Status: http://localhost:40114/internal/status/endpoints

`,
  );
});

describe("formatListening", () => {
  test("raises its voice for the alarm, and keeps further lines below the first", () => {
    const text = formatListening({ ...listening, alarm: "Everyone can use it.\nDo this." }, plain);
    assert.match(text, /\n {2}WARNING {4}Everyone can use it\.\n {13}Do this\.\n$/);
  });

  test("says what no config file means", () => {
    assert.match(
      formatListening({ ...listening, configFile: undefined }, plain),
      /looking for LLM servers on this machine/,
    );
    assert.match(formatListening({ ...listening, configFile: undefined, demo: true }, plain), /none \(--demo\)/);
  });

  test("colours only what a terminal shows", () => {
    const colored = formatListening(listening, makePaint(true));
    assert.ok(colored.includes("\x1b[36mhttp://localhost:40114\x1b[39m"));
    // deno-lint-ignore no-control-regex
    assert.equal(colored.replace(/\x1b\[\d+m/g, ""), formatListening(listening, plain));
  });
});

function demoServer(name: string, port: number): BannerEndpoint {
  return { name, url: `http://127.0.0.1:${port}`, type: "ollama", status: "healthy", detail: "", models: 1 };
}

describe("formatReady", () => {
  test("tells a user without servers to start one or to try the demo", () => {
    const text = formatReady({ ...ready, configFile: undefined, endpoints: [], models: [] }, plain);
    assert.match(text, /No LLM server was found on this machine yet; .* olla --demo/);
  });

  test("says that a stand-in model is one", () => {
    const endpoints = [demoServer("demo-ollama", 40116)];
    const text = formatReady({ ...ready, configFile: undefined, endpoints, models: ["olla-demo"] }, plain);
    assert.match(text, /so a simulated model answers until one is/);
    assert.match(text, /"model":"olla-demo"/);
    assert.doesNotMatch(formatReady({ ...ready, configFile: undefined, endpoints, demo: true }, plain), /until one is/);
  });

  test("says where the demo's servers are, and how to make one fail", () => {
    const own = { ...demoServer("mine", 8080), url: "http://localhost:8080" };
    const endpoints = [own, demoServer("demo-openai", 40115), demoServer("demo-ollama", 40116)];
    const text = formatReady({ ...ready, endpoints, demo: true }, plain);
    assert.match(text, /demo-ollama .* 1 model {2}http:\/\/127\.0\.0\.1:40116\n/);
    assert.match(text, /\n {2}curl -X POST http:\/\/127\.0\.0\.1:40115\/demo\/fail\n/);
    assert.doesNotMatch(text, /8080/);
    assert.doesNotMatch(formatReady({ ...ready, endpoints, demo: false }, plain), /demo\/fail|127\.0\.0\.1/);
  });

  test("tells a config without endpoints how one looks", () => {
    assert.match(
      formatReady({ ...ready, endpoints: [], models: [] }, plain),
      /Add some to olla\.yaml:\n {4}endpoints:\n {6}- url:/,
    );
  });

  test("points at the status when no endpoint has a model", () => {
    assert.match(
      formatReady({ ...ready, models: [] }, plain),
      /No model is known yet\. .*\/internal\/status\/endpoints/,
    );
  });

  test("shows a hint of several lines below each other", () => {
    const endpoints = [{
      name: "a",
      url: "http://localhost:8000",
      type: "vllm",
      status: "config_error",
      detail: "Add its credentials:\n  auth:",
      models: 0,
    }];
    assert.match(formatReady({ ...ready, endpoints }, plain), /config_error {2}Add its credentials:\n {13} {2}auth:\n/);
  });
});

describe("the example", () => {
  const cases: [models: string[], expected: string | undefined][] = [
    [["nomic-embed-text", "llama3.2"], "llama3.2"],
    [["text-embedding-3-small", "bge-reranker", "qwen3"], "qwen3"],
    [["nomic-embed-text"], "nomic-embed-text"],
    [[], undefined],
  ];
  for (const [models, expected] of cases) {
    test(`of ${JSON.stringify(models)} takes ${expected}`, () => assert.equal(exampleModel(models), expected));
  }

  test("is quoted for the shell, and uses the proxy path when the root has none", () => {
    assert.equal(
      exampleCommand({ url: "http://localhost:1", rootRoutes: false }, "it's"),
      `curl http://localhost:1/olla/proxy/v1/chat/completions -H 'Content-Type: application/json' -d '{"model":"it'\\''s","messages":[{"role":"user","content":"Hello"}]}'`,
    );
  });
});
