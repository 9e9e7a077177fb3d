/**
 * What olla knows of a real LiteLLM's models, and a cloud model that steps in for a local one.
 * @module
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import OpenAI from "openai";
import { FakeOllama } from "../fakes/ollama.ts";
import { endAll, Gateway, said } from "../models/gateway.ts";
import { closeSilently, reset } from "../support/answers.ts";
import { eventually } from "../support/eventually.ts";
import type { Answer } from "../support/fake_backend.ts";
import type { FakeLlm } from "../support/fake_llm.ts";
import { LiteLlm, litellmMissing, type LiteLlmModel } from "../support/litellm.ts";
import { cannotRun } from "../support/real_component.ts";
import { startProvider } from "./litellm_models.ts";

const MASTER_KEY = "sk-master-key-of-the-catalogue-0123456789";
const PROVIDER_KEY = "sk-provider-key-9876543210";
const LOCAL = "llama3.1:8b";
const CLOUD = "openai/gpt-4o-mini";
const CHAT = "/v1/chat/completions";

/** What LiteLLM asks the provider for. */
function provided(name: string, model: string, provider: FakeLlm): LiteLlmModel {
  return { model_name: name, litellm_params: { model, api_key: PROVIDER_KEY, api_base: `${provider.url}/v1` } };
}

function litellmEndpoint(litellm: LiteLlm, more: Readonly<Record<string, unknown>> = {}) {
  const auth = { type: "bearer", token: MASTER_KEY };
  return {
    name: "cloud",
    url: litellm.url,
    type: "litellm",
    priority: 10,
    check_interval: "2s",
    check_timeout: "1900ms",
    auth,
    ...more,
  };
}

interface LiteLlmItem {
  readonly id: string;
  readonly mode?: string;
  readonly max_input_tokens?: number;
  readonly input_cost_per_token?: number;
  readonly supports_vision?: boolean;
}

function suite(): void {
  let provider: FakeLlm;
  let litellm: LiteLlm;
  let ollama: FakeOllama;
  let gateway: Gateway;

  before(async () => {
    provider = await startProvider();
    ollama = await FakeOllama.start({ name: "local", models: [LOCAL] });
    litellm = await LiteLlm.start({
      masterKey: MASTER_KEY,
      models: [
        provided(CLOUD, "openai/gpt-4o-mini", provider),
        provided("gpt-4", "openai/gpt-4", provider),
        provided("text-embedding-3-small", "openai/text-embedding-3-small", provider),
        provided("openai/*", "openai/*", provider),
      ],
    });
    const config = { endpoints: [ollama.endpoint({ priority: 100 }), litellmEndpoint(litellm)] };
    gateway = await Gateway.over({ ...config, model_aliases: { assistant: [LOCAL, CLOUD] } }, [LOCAL, CLOUD, "gpt-4"]);
    provider.backend.requests.length = 0;
  }, { timeout: 120_000 });

  after(() => endAll([ollama, provider, litellm, gateway]));

  /** The model that the provider was asked for last. */
  const askedFor = () => JSON.parse(provider.inferences.at(-1)?.body.toString() ?? "{}").model;

  async function assistantIsServedBy(server: "local" | "cloud", more = {}) {
    const answer = await gateway.chat("assistant", more);
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.endpoint, server);
    if (server === "local") assert.equal(ollama.inferences.at(-1)?.model, LOCAL);
    else assert.equal(askedFor(), "gpt-4o-mini");
    return answer;
  }

  test("context, abilities and prices that LiteLLM knows are in the lists", async () => {
    const model = await eventually("what /model/info says is known", async () => {
      const model = await gateway.unified(CLOUD);
      return model?.olla.input_cost_per_token !== undefined && model;
    });
    assert.deepEqual([model.olla.max_context_length, model.olla.max_output_tokens], [128_000, 16_384]);
    assert.deepEqual([model.olla.input_cost_per_token, model.olla.output_cost_per_token], [1.5e-7, 6e-7]);
    for (const capability of ["chat", "tools", "vision"]) assert.ok(model.olla.capabilities.includes(capability));
    const embedder = await gateway.unified("text-embedding-3-small");
    assert.deepEqual([embedder?.olla.max_context_length, embedder?.olla.capabilities], [8191, ["embeddings"]]);
    const { data } = await gateway.page<{ data: LiteLlmItem[] }>("/olla/litellm/v1/models");
    const item = data.find(({ id }) => id === CLOUD);
    assert.deepEqual([item?.mode, item?.max_input_tokens, item?.input_cost_per_token, item?.supports_vision], [
      "chat",
      128_000,
      1.5e-7,
      true,
    ]);
    assert.deepEqual(await gateway.states(CLOUD), ["cloud available"]);
  });

  test("LiteLLM's own client lists and retrieves them", async () => {
    const openai = new OpenAI({ baseURL: `${gateway.olla.url}/olla/litellm/v1`, apiKey: "sk-client", maxRetries: 0 });
    const ids = (await Array.fromAsync(openai.models.list())).map(({ id }) => id);
    for (const id of [CLOUD, "gpt-4", "text-embedding-3-small"]) {
      assert.ok(ids.includes(id), id);
      assert.equal((await openai.models.retrieve(id)).id, id);
    }
    assert.ok(!ids.includes(LOCAL));
  });

  test("a name that no list has, but a wildcard covers, is served under that name", async () => {
    const model = "openai/gpt-of-next-year";
    assert.ok(!(await gateway.ids()).includes(model));
    const answer = await gateway.chat(model);
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual([answer.endpoint, askedFor()], ["cloud", "gpt-of-next-year"]);
    assert.equal((await gateway.chat("mistral/of-next-year")).code, "model_not_found");
  });

  describe("an alias for a local model and one of the cloud", () => {
    test("is served by the local one while it is there", async () => {
      const before = provider.inferences.length;
      for (let count = 0; count < 5; count++) await assistantIsServedBy("local");
      assert.equal(provider.inferences.length, before);
    });

    const faults: [fault: string, answer: Answer][] = [
      ["resets the connection", reset()],
      ["closes the connection", closeSilently()],
    ];
    for (const [fault, answer] of faults) {
      test(`is answered by the cloud in the same request when the local one ${fault} before its first byte`, async () => {
        ollama.instead.set(CHAT, answer);
        try {
          for (const stream of [false, true]) {
            const served = await assistantIsServedBy("cloud", { stream });
            assert.equal(served.headers.get("x-olla-attempts"), "2");
            assert.match(served.text, /provider/);
          }
        } finally {
          ollama.instead.delete(CHAT);
        }
      });
    }

    test("is answered by the cloud when the local one is killed, and by the local one when that is back", async () => {
      await ollama.backend.refuse();
      assert.equal(said(await assistantIsServedBy("cloud")), "from provider");
      await gateway.settled("local", "offline");
      await assistantIsServedBy("cloud");
      assert.ok((await gateway.ids()).includes("assistant"));
      await ollama.backend.listen();
      await gateway.settled("local", "healthy");
      await assistantIsServedBy("local");
    });

    test("is answered by the cloud where the local one lacks an ability", async () => {
      const before = ollama.inferences.length;
      const url = "data:image/png;base64,iVBORw0KGgo=";
      const content = [{ type: "text", text: "What is it?" }, { type: "image_url", image_url: { url } }];
      const answer = await assistantIsServedBy("cloud", { messages: [{ role: "user", content }] });
      assert.equal(answer.headers.get("x-olla-attempts"), null);
      assert.equal(ollama.inferences.length, before);
    });
  });

  test("a model_filter keeps names out of lists and requests, those that a wildcard covers too", async () => {
    const model_filter = { include: ["openai/*"], exclude: ["*-mini"] };
    await using filtered = await Gateway.over({ endpoints: [litellmEndpoint(litellm, { model_filter })] }, []);
    await eventually("a model of the wildcard is served", async () => {
      return (await filtered.chat("openai/gpt-4.1")).status === 200;
    });
    const ids = await filtered.ids();
    for (const kept of [CLOUD, "gpt-4", "text-embedding-3-small"]) assert.ok(!ids.includes(kept), kept);
    const before = provider.inferences.length;
    for (const kept of [CLOUD, "gpt-4", "openai/gpt-5-mini"]) {
      assert.equal((await filtered.chat(kept)).code, "model_not_found", kept);
    }
    assert.equal(provider.inferences.length, before);
  });

  test("no page, list or log shows how LiteLLM reaches its provider, or a key", async () => {
    const pages = [
      "/v1/models",
      `/v1/models/${CLOUD}`,
      "/olla/models",
      `/olla/models/${CLOUD}`,
      "/olla/models?include_unavailable=true",
      "/olla/models?format=litellm",
      "/olla/models?format=ollama",
      "/olla/models?format=lmstudio",
      "/olla/models?format=llamacpp",
      "/olla/litellm/v1/models",
      `/olla/litellm/v1/models/${CLOUD}`,
      "/olla/litellm/models",
      "/olla/litellm/health",
      "/olla/litellm/model/info",
      "/olla/litellm/v1/model/info",
      "/internal/status",
      "/internal/status/models?detailed=true&group=family",
      "/internal/status/endpoints",
      "/internal/stats/models?include_summary=true",
      "/version",
    ];
    const texts = await Promise.all(pages.map(async (page) => {
      const response = await fetch(`${gateway.olla.url}${page}`);
      return [page, `${JSON.stringify([...response.headers])}${await response.text()}`] as const;
    }));
    assert.ok(texts.every(([page, text]) => page.includes("info") === /path_not_enabled/.test(text)));
    for (const [page, text] of [...texts, ["the log", gateway.olla.stdout + gateway.olla.stderr] as const]) {
      for (const secret of [provider.url, PROVIDER_KEY, MASTER_KEY, "litellm_params", "api_base"]) {
        assert.ok(!text.includes(secret), `${page} shows ${secret}`);
      }
    }
  });
}

const missing = await litellmMissing();
if (missing !== undefined) cannotRun("The tests of LiteLLM's models", missing);
else describe("LiteLLM's models", { timeout: 120_000 }, suite);
