import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { isAtLeast } from "../../src/lib/version_order.ts";
import { ARGUMENTS, greeting } from "../support/chat_script.ts";
import { readIn } from "../support/dialect_client.ts";
import { modelOf, ServerKinds } from "../support/server_kinds.ts";

/** Older ones are turned away by VS Code. */
const OLDEST_FOR_VS_CODE = "0.6.4";
const KINDS = ["vllm", "sglang", "lm-studio", "ollama"] as const;

let started: Promise<ServerKinds> | undefined;
const start = () => started ??= ServerKinds.start(KINDS);
after(async () => (await started)?.[Symbol.asyncDispose]());

interface Shown {
  readonly capabilities: string[];
  readonly model_info: Readonly<Record<string, unknown>>;
  readonly details: { readonly family: string };
}

async function post(path: string, body: unknown): Promise<Response> {
  const { olla } = await start();
  const headers = { "content-type": "application/json", "user-agent": "GitHubCopilotChat/0.33.1" };
  return await fetch(`${olla.url}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
}

for (const base of ["", "/olla/proxy"]) {
  describe(`VS Code Copilot at "${base}"`, () => {
    test("finds a server that is new enough, and its models with what they can do", async () => {
      const { olla } = await start();
      const { version } = await olla.page<{ version: string }>(`${base}/api/version`);
      assert.ok(isAtLeast(version, OLDEST_FOR_VS_CODE), version);
      const { models } = await olla.page<{ models: { model: string; digest: string }[] }>(`${base}/api/tags`);
      assert.deepEqual(models.map(({ model }) => model).sort(), KINDS.map(modelOf).sort());
      for (const { model } of models) {
        const response = await post(`${base}/api/show`, { model });
        assert.equal(response.status, 200);
        const { capabilities, model_info } = await response.json() as Shown;
        assert.ok(capabilities.includes("completion"), `${model}: ${capabilities}`);
        const architecture = model_info["general.architecture"];
        assert.equal(typeof architecture, "string");
        const length = model_info[`${architecture}.context_length`];
        assert.ok(model === modelOf("sglang") || typeof length === "number", `${model} has no context length`);
      }
      for (const kind of ["lm-studio", "ollama"] as const) {
        const { capabilities } = await (await post(`${base}/api/show`, { model: modelOf(kind) })).json() as Shown;
        assert.ok(capabilities.includes("tools") && capabilities.includes("vision"), `${kind}: ${capabilities}`);
      }
    });

    test("chats with tools in OpenAI's dialect, untouched", async () => {
      const parameters = { type: "object", properties: { city: { type: "string" } } };
      for (const kind of KINDS) {
        const request = {
          model: modelOf(kind),
          messages: [{ role: "user", content: "Weather?" }],
          tools: [{ type: "function", function: { name: "weather", parameters } }],
          stream: true,
          stream_options: { include_usage: true },
        };
        const text = await (await post(`${base}/v1/chat/completions`, request)).text();
        const chunks = text.split("\n\n").filter((event) => event !== "" && event !== "data: [DONE]")
          .map((event) => JSON.parse(event.slice("data: ".length)));
        const calls = chunks.flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? []);
        assert.equal(calls.map((call) => call.function.arguments).join(""), ARGUMENTS);
        assert.equal((await start()).lastOf(kind).body.toString(), JSON.stringify(request));
      }
    });
  });
}

describe("Open WebUI", () => {
  test("sees every model as one of Ollama's, and those in memory", async () => {
    const { olla } = await start();
    for (const path of ["/api/tags", "/olla/proxy/api/tags"]) {
      const { models } = await olla.page<{ models: Record<string, unknown>[] }>(path);
      assert.equal(models.length, KINDS.length);
      for (const model of models) {
        assert.equal(model.name, model.model);
        assert.match(String(model.digest), /^[0-9a-f]{64}$|^sha256:/);
        assert.ok(!Number.isNaN(Date.parse(String(model.modified_at))));
      }
    }
    const { models } = await olla.page<{ models: { model: string }[] }>("/api/ps");
    assert.ok(models.some(({ model }) => model === modelOf("vllm")));
    const { data } = await olla.page<{ data: { id: string }[] }>("/v1/models");
    assert.deepEqual(data.map(({ id }) => id).sort(), KINDS.map(modelOf).sort());
  });

  test("asks only Ollamas under Ollama's own prefix", async () => {
    const { olla } = await start();
    for (const path of ["/olla/ollama/api/tags", "/olla/ollama/api/ps"]) {
      const { models } = await olla.page<{ models: { model: string }[] }>(path);
      assert.ok(models.every(({ model }) => model === modelOf("ollama")), path);
    }
    const response = await post("/olla/ollama/api/chat", { model: modelOf("vllm"), messages: [] });
    assert.equal(response.status, 404);
  });

  test("streams a chat of every model, with pictures and options", async () => {
    for (const kind of KINDS) {
      const response = await post("/api/chat", {
        model: modelOf(kind),
        messages: [
          { role: "system", content: "Be kind" },
          { role: "user", content: "Hi", images: ["iVBORw0KGgo="] },
        ],
        options: { temperature: 0.3, num_ctx: 4096, repeat_penalty: 1.1 },
        keep_alive: "5m",
        stream: true,
      });
      assert.equal(response.headers.get("content-type"), "application/x-ndjson");
      const told = await readIn("ollama", response);
      assert.equal(told.end, "whole", told.raw);
      assert.equal(told.text, kind === "ollama" ? "from ollama" : greeting(kind));
      const last = JSON.parse(told.raw.trimEnd().split("\n").at(-1) ?? "");
      for (const key of ["total_duration", "prompt_eval_count", "eval_count"]) assert.equal(typeof last[key], "number");
    }
  });
});

describe("the root of olla, for Ollama's own clients", () => {
  for (const agent of ["ollama/0.12.3 (amd64 linux) Go/go1.24", "ollama-js/0.6.3", "ollama-python/0.6.0"]) {
    test(`says that Ollama is running, to ${agent}`, async () => {
      const { olla } = await start();
      const headers = { "user-agent": agent };
      const get = await fetch(`${olla.url}/`, { headers });
      assert.deepEqual([get.status, await get.text()], [200, "Ollama is running"]);
      const head = await fetch(`${olla.url}/`, { method: "HEAD", headers });
      assert.deepEqual([head.status, await head.text()], [200, ""]);
    });
  }
});
