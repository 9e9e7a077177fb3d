import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { backendUrl, healthTargets } from "./health_url.ts";
import { testEndpoint, testProfile } from "./test_support.ts";

const HOST = "http://gpu:4000";
const LITELLM = testProfile("litellm", { health_check_paths: ["/health/readiness", "/health/liveliness"] });
const READY = [`${HOST}/health/readiness`, `${HOST}/health/liveliness`];

describe("which URLs are asked", () => {
  const cases: [string, Parameters<typeof testEndpoint>[0], ReturnType<typeof testProfile>, string[]][] = [
    ["the profile's, in order", {}, testProfile("x", { health_check_paths: ["/a", "/b"] }), [`${HOST}/a`, `${HOST}/b`]],
    ["the root where a profile names none", {}, testProfile("x", { health_check_paths: [] }), [`${HOST}/`]],
    ["the endpoint's own", { health_check_url: "/up" }, testProfile("x"), [`${HOST}/up`]],
    ["the endpoint's own without a slash", { health_check_url: "up" }, testProfile("x"), [`${HOST}/up`]],
    ["an absolute one as it is", { health_check_url: "http://other:9/up?x=1" }, testProfile("x"), [
      "http://other:9/up?x=1",
    ]],
    ["below the endpoint's path", { url: `${HOST}/llm/` }, testProfile("x"), [`${HOST}/llm/health`]],
    ["/health of other types", { health_check_url: "/health" }, testProfile("vllm"), [`${HOST}/health`]],
    ["LiteLLM's free ones", {}, LITELLM, READY],
    ["LiteLLM's free ones for a profile file of the Go program", {}, testProfile("litellm"), READY],
  ];
  for (const [name, fields, profile, expected] of cases) {
    test(name, () => {
      assert.deepEqual(healthTargets(testEndpoint({ url: HOST, ...fields }), profile), {
        urls: expected,
        warning: undefined,
      });
    });
  }
});

describe("a health check that costs money is replaced, and said so", () => {
  const cases: [string, string, string[]][] = [
    ["/health", HOST, READY],
    ["/health/", HOST, READY],
    ["health", HOST, READY],
    ["//health//", HOST, READY],
    ["/%68ealth", HOST, READY],
    ["/health?model=gpt", HOST, READY],
    [`${HOST}/health`, HOST, READY],
    ["http://other:1/x/health/", HOST, ["http://other:1/x/health/readiness", "http://other:1/x/health/liveliness"]],
    ["/health", `${HOST}/proxy`, [`${HOST}/proxy/health/readiness`, `${HOST}/proxy/health/liveliness`]],
  ];
  for (const [health_check_url, url, expected] of cases) {
    test(`${health_check_url} at ${url}`, () => {
      const targets = healthTargets(testEndpoint({ url, health_check_url }), LITELLM);
      assert.deepEqual(targets.urls, expected);
      assert.match(targets.warning ?? "", /calls every model.*"\/health\/readiness" instead.*health_check_deep/);
    });
  }

  test("other paths of LiteLLM stay", () => {
    const targets = healthTargets(testEndpoint({ url: HOST, health_check_url: "/health/liveliness" }), LITELLM);
    assert.deepEqual(targets, { urls: [`${HOST}/health/liveliness`], warning: undefined });
  });

  test("SGLang's makes it generate, so its free ones are asked", () => {
    const targets = healthTargets(
      testEndpoint({ url: HOST, health_check_url: "/health_generate" }),
      testProfile("sglang"),
    );
    assert.deepEqual(targets.urls, [`${HOST}/ready`, `${HOST}/model_info`, `${HOST}/get_model_info`]);
    assert.match(targets.warning ?? "", /generate a token/);
  });

  test("health_check_deep keeps it, with a warning of what that does", () => {
    const endpoint = testEndpoint({ url: HOST, health_check_url: "/health", health_check_deep: true });
    const targets = healthTargets(endpoint, LITELLM);
    assert.deepEqual(targets.urls, [`${HOST}/health`]);
    assert.match(targets.warning ?? "", /calls every model/);
  });
});

test("a backend's URL does not double the first segment of the path", () => {
  assert.equal(
    backendUrl(testEndpoint({ url: "https://api.example.com/v1" }), "/v1/models"),
    "https://api.example.com/v1/models",
  );
});
