/**
 * Every list of models, read by the client that it is for: the SDKs of OpenAI and Ollama, and olla itself, which reads the
 * lists of all the servers that it knows.
 * @module
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Ollama } from "ollama";
import OpenAI, { NotFoundError } from "openai";
import { parseModelList } from "../../src/models/parse_list.ts";
import { FORMAT_NAMES } from "../../src/models/formats/format_table.ts";
import { OllaProcess } from "../support/olla_process.ts";
import { answered } from "../support/scene.ts";
import type { FakeServer } from "../fakes/fake_server.ts";
import { startEveryServer } from "./every_server.ts";
import { endAll, Gateway, said } from "./gateway.ts";

const CONTEXT = 16_384;
/** A name with a slash, that only this kind of server has. */
const modelOf = (kind: string) => `Org/model-of-${kind}`;
/** The kinds of a type, as the endpoints are named. */
const OLLAMA = ["ollama"];
const LM_STUDIO = ["lm-studio", "lm-studio-v0", "lm-studio-v1"];
const LLAMACPP = ["llamacpp", "llamacpp-router"];

let servers: readonly FakeServer[];
let gateway: Gateway;
let everything: readonly string[];

const namesOf = (kinds: readonly string[]) => kinds.map(modelOf).toSorted();

before(async () => {
  servers = await startEveryServer((kind) => [
    { name: modelOf(kind), contextLength: CONTEXT, loaded: true, tools: true, vision: true, sizeBytes: 5_000_000_000 },
  ]);
  gateway = await Gateway.start(servers, { config: { model_aliases: { favourite: [modelOf("vllm")] } } });
  everything = [...servers.map(({ name }) => modelOf(name)), "favourite"].toSorted();
});

after(() => endAll([...servers, gateway]));

/** Bases for OpenAI's clients, and the kinds of servers that each shows; undefined for all, and the aliases. */
const OPENAI_BASES: readonly (readonly [base: string, kinds: readonly string[] | undefined])[] = [
  ["/v1", undefined],
  ["/olla/proxy/v1", undefined],
  ["/olla/openai/v1", undefined],
  ["/olla/ollama/v1", OLLAMA],
  ["/olla/lmstudio/v1", LM_STUDIO],
  ["/olla/lm-studio/v1", LM_STUDIO],
  ["/olla/lmstudio/api/v0", LM_STUDIO],
  ["/olla/llamacpp/v1", LLAMACPP],
  ["/olla/llama-swap/v1", ["llama-swap"]],
  ["/olla/vllm/v1", ["vllm"]],
  ["/olla/sglang/v1", ["sglang"]],
  ["/olla/lmdeploy/v1", ["lmdeploy"]],
  ["/olla/vllm-mlx/v1", ["vllm-mlx"]],
  ["/olla/lemonade/api/v1", ["lemonade"]],
  ["/olla/lemonade/api/v0", ["lemonade"]],
  ["/olla/lemonade/v1", ["lemonade"]],
  ["/olla/dmr/engines/v1", ["docker-model-runner"]],
  ["/olla/dmr/engines/llama.cpp/v1", ["docker-model-runner"]],
  ["/olla/omlx/v1", ["omlx"]],
];

describe("the openai SDK", () => {
  for (const [base, kinds] of OPENAI_BASES) {
    test(`lists and retrieves the models at ${base}, and no others`, async () => {
      const openai = new OpenAI({ baseURL: `${gateway.olla.url}${base}`, apiKey: "sk-client", maxRetries: 0 });
      const models = await Array.fromAsync(openai.models.list());
      const names = models.map(({ id }) => id).filter((id) => kinds === undefined || id !== "favourite");
      assert.deepEqual(names.toSorted(), kinds === undefined ? everything : namesOf(kinds));
      for (const model of models) {
        assert.equal(model.object, "model");
        // LM Studio's own list tells no times.
        if (base.endsWith("/v1")) assert.ok(Number.isInteger(model.created), model.id);
        // The SDK escapes the slash; others do not.
        const { id, object } = await openai.models.retrieve(model.id);
        assert.deepEqual([id, object], [model.id, "model"]);
      }
      await assert.rejects(openai.models.retrieve("Org/no-such-model"), NotFoundError);
    });
  }

  test("gets a model whose name has slashes, escaped or not, and context lengths by any of their names", async () => {
    for (const name of [modelOf("vllm"), encodeURIComponent(modelOf("vllm"))]) {
      for (const path of ["/v1/models", "/olla/vllm/v1/models"]) {
        const model = await gateway.page<Record<string, unknown>>(`${path}/${name}`);
        const { id, context_length, max_model_len, context_window } = model;
        assert.deepEqual([id, context_length, max_model_len, context_window], [
          modelOf("vllm"),
          CONTEXT,
          CONTEXT,
          CONTEXT,
        ]);
      }
      const details = await gateway.page<Record<string, unknown>>(`/olla/models/${name}`);
      assert.deepEqual([details["id"], details["endpoints"]], [modelOf("vllm"), ["vllm"]]);
    }
  });
});

describe("the ollama SDK", () => {
  const places = [["/olla/ollama", "the Ollamas' models under the type's prefix"], [
    "",
    "all models at the root",
  ]] as const;
  for (const [base, what] of places) {
    test(`lists, shows and chats with ${what}`, async () => {
      const ollama = new Ollama({ host: `${gateway.olla.url}${base}` });
      const { models } = await ollama.list();
      const names = models.map(({ name }) => name).filter((name) => name !== "favourite");
      if (base === "") assert.ok(names.length > namesOf(OLLAMA).length);
      else assert.deepEqual(names, namesOf(OLLAMA));
      const model = models.find(({ name }) => namesOf(OLLAMA).includes(name));
      assert.ok(model);
      assert.equal(model.model, model.name);
      assert.equal(model.size, 5_000_000_000);
      assert.match(model.digest, /^[0-9a-f]{64}$/);
      assert.ok(Number.isFinite(Date.parse(String(model.modified_at))));
      assert.deepEqual(model.details.families, ["llama"]);
      assert.deepEqual([model.details.parameter_size, model.details.quantization_level], ["8B", "Q4_K_M"]);
      assert.ok((await ollama.show({ model: model.name })).capabilities.includes("vision"));
      const answer = await ollama.chat({ model: model.name, messages: [{ role: "user", content: "Hi" }] });
      assert.equal(answer.message.content, "from ollama");
    });
  }
});

describe("LM Studio's clients", () => {
  interface V0 {
    readonly id: string;
    readonly type: string;
    readonly state: string;
    readonly max_context_length: number;
  }
  interface V1 {
    readonly key: string;
    readonly type: string;
    readonly loaded_instances: readonly unknown[];
    readonly max_context_length: number;
    readonly capabilities: { readonly vision: boolean; readonly trained_for_tool_use: boolean };
  }

  test("read the older list, with what is loaded", async () => {
    const { data } = await gateway.page<{ data: V0[] }>("/olla/lmstudio/api/v0/models");
    for (const { id, type, state, max_context_length } of data.filter(({ id }) => id !== "favourite")) {
      assert.deepEqual([type, state], ["vlm", "loaded"], id);
      assert.ok(max_context_length > 0, id);
    }
    assert.deepEqual(data.map(({ id }) => id).filter((id) => id !== "favourite"), namesOf(LM_STUDIO));
  });

  test("read the newer list, with what is loaded", async () => {
    const { models } = await gateway.page<{ models: V1[] }>("/olla/lmstudio/api/v1/models");
    assert.deepEqual(models.map(({ key }) => key).filter((key) => key !== "favourite"), namesOf(LM_STUDIO));
    for (const { key, type, loaded_instances, capabilities } of models.filter(({ key }) => key !== "favourite")) {
      assert.deepEqual([type, loaded_instances.length], ["llm", 1], key);
      assert.deepEqual(capabilities, { vision: true, trained_for_tool_use: true });
    }
  });

  test("and Lemonade's share a path at the root, where each finds its own", async () => {
    const list = await gateway.page<{ data: { id: string }[]; models: V1[] }>("/api/v1/models");
    const shared = namesOf([...LM_STUDIO, "lemonade"]);
    assert.deepEqual(list.models.map(({ key }) => key).filter((key) => key !== "favourite"), shared);
    assert.deepEqual(list.data.map(({ id }) => id).filter((id) => id !== "favourite"), shared);
  });
});

test("llama.cpp's list has its two halves", async () => {
  for (const path of ["/olla/llamacpp/v1/models", "/olla/llamacpp/models"]) {
    const { data, models } = await gateway.page<{ data: { id: string }[]; models: { name: string }[] }>(path);
    const ids = data.map(({ id }) => id);
    assert.deepEqual(ids.filter((id) => id !== "favourite"), namesOf(LLAMACPP));
    assert.deepEqual(models.map(({ name }) => name), ids);
  }
});

describe("/olla/models?format=", () => {
  /** The reader of each format: that of olla for the servers of the type. */
  const readers: Readonly<Record<string, string>> = { unified: "openai", lmstudio_v1: "lmstudio" };

  for (const format of FORMAT_NAMES) {
    test(`${format} has all models, as its readers want them`, async () => {
      const list = await gateway.page<unknown>(`/olla/models?format=${format}`);
      const models = parseModelList(readers[format] ?? format, list);
      assert.deepEqual(models.map(({ id }) => id).toSorted(), everything);
      const vllm = models.find(({ id }) => id === modelOf("vllm"));
      // The others' own lists have no place for it.
      const tellsContext = !["unified", "ollama"].includes(format);
      if (tellsContext) assert.equal(vllm?.contextLength, CONTEXT);
      const lmStudio = models.find(({ id }) => id === modelOf("lm-studio"));
      if (["lmstudio", "lmstudio_v1", "llamacpp"].includes(format)) assert.equal(lmStudio?.loaded, true);
    });
  }

  test("unknown names all that there are", async () => {
    const response = await fetch(`${gateway.olla.url}/olla/models?format=nonsense`);
    assert.equal(response.status, 400);
    const { error } = await response.json() as { error: { message: string } };
    for (const format of FORMAT_NAMES) assert.match(error.message, new RegExp(`\\b${format}\\b`));
  });

  test("is the same for HEAD, without a body", async () => {
    for (const path of ["/olla/models?format=ollama", "/v1/models", "/api/tags"]) {
      const [get, head] = await Promise.all(
        ["GET", "HEAD"].map((method) => fetch(`${gateway.olla.url}${path}`, { method })),
      );
      assert.deepEqual([head?.status, await head?.text()], [200, ""]);
      assert.equal(head?.headers.get("content-length"), get?.headers.get("content-length"), path);
    }
  });
});

test("another olla takes each of olla's prefixes for a server of the type", { timeout: 30_000 }, async () => {
  const prefixes = [
    ["ollama", "ollama"],
    ["lm-studio", "lmstudio"],
    ["llamacpp", "llamacpp"],
    ["llama-swap", "llama-swap"],
    ["vllm", "vllm"],
    ["sglang", "sglang"],
    ["lmdeploy", "lmdeploy"],
    ["vllm-mlx", "vllm-mlx"],
    ["lemonade", "lemonade"],
    ["docker-model-runner", "dmr"],
    ["omlx", "omlx"],
  ] as const;
  const endpoints = prefixes.map(([type, prefix]) => ({ name: type, url: `${gateway.olla.url}/olla/${prefix}`, type }));
  const models = prefixes.map(([type]) => modelOf(type));
  await using second = await OllaProcess.start({ config: { endpoints }, models });
  for (const [type] of prefixes) {
    const body = JSON.stringify({ model: modelOf(type), messages: [{ role: "user", content: "Hi" }] });
    const init = { method: "POST", headers: { "content-type": "application/json" }, body };
    const answer = await answered(await fetch(`${second.url}/v1/chat/completions`, init));
    assert.equal(answer.status, 200, answer.text);
    assert.equal(said(answer), `from ${type}`);
    assert.equal((await second.endpoint(type)).status, "healthy");
  }
});
