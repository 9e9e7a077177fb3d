/**
 * The ways to write a model's name, and what its server and the lists make of it.
 * @module
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { FakeLmStudio } from "../fakes/lmstudio.ts";
import { FakeOllama } from "../fakes/ollama.ts";
import { FakeOpenAi } from "../fakes/openai.ts";
import { FakeVllm } from "../fakes/vllm.ts";
import type { FakeServer } from "../fakes/fake_server.ts";
import { endAll, Gateway, type GatewayOptions } from "./gateway.ts";

const LISTS = ["/v1/models", "/olla/models", "/olla/models?format=ollama", "/api/tags", "/internal/status/models"];

describe("a model's name", () => {
  let mac: FakeOllama;
  let desk: FakeLmStudio;
  let gpu: FakeVllm;
  let cloud: FakeOpenAi;
  let servers: readonly FakeServer[];
  let gateway: Gateway;

  /** Of names that differ only in case, lists have the first: any of them reaches the model. */
  const LISTED = [
    "Best-Model",
    "GPT-4o",
    "Qwen/Qwen3-32B",
    "Twin-Model",
    "claude-sonnet-4",
    "mistral:latest",
    "name-with-suffix[1m]",
    "phi4:14b",
    "phi4:latest",
    "qwen3:32b",
  ];

  const options: GatewayOptions = {
    models: LISTED,
    endpoint: ({ name }) => ({ priority: name === "mac" ? 100 : 50 }),
    config: {
      model_registry: { ignored_suffixes: ["[1m]"] },
      model_aliases: { "Best-Model": ["Qwen/Qwen3-32B", "qwen3:32b"] },
    },
  };

  before(async () => {
    const digest = "d".repeat(64);
    mac = await FakeOllama.start({
      name: "mac",
      models: [
        "mistral:latest",
        "qwen3:32b",
        { name: "phi4:14b", digest },
        { name: "phi4:latest", digest },
        "Twin-Model",
      ],
    });
    desk = await FakeLmStudio.start({ name: "desk", models: ["twin-model"] });
    gpu = await FakeVllm.start({ name: "gpu", models: ["Qwen/Qwen3-32B", "name-with-suffix[1m]"] });
    cloud = await FakeOpenAi.start({ name: "cloud", models: ["claude-sonnet-4", "GPT-4o", "gpt-4O"] });
    servers = [mac, desk, gpu, cloud];
    gateway = await Gateway.start(servers, options);
  });

  after(() => endAll([...servers, gateway]));

  const cases: [story: string, asked: string, endpoint: string, spelling: string][] = [
    ["is sent on as it is", "Qwen/Qwen3-32B", "gpu", "Qwen/Qwen3-32B"],
    ["is found in small letters, and sent in the server's spelling", "qwen/qwen3-32b", "gpu", "Qwen/Qwen3-32B"],
    ["is found in capitals, and sent in the server's spelling", "CLAUDE-SONNET-4", "cloud", "claude-sonnet-4"],
    ["is taken exactly where two differ only in case", "gpt-4O", "cloud", "gpt-4O"],
    ["and where two differ only in case, each keeps its own", "GPT-4o", "cloud", "GPT-4o"],
    // Ollama itself takes a name without its :latest, so that nothing is changed for that.
    ["may leave out :latest", "mistral", "mac", "mistral"],
    ["may leave out :latest in any case", "MISTRAL", "mac", "mistral"],
    ["may have :latest", "mistral:latest", "mac", "mistral:latest"],
    ["with another tag of the same digest is sent as it was asked for", "phi4:14b", "mac", "phi4:14b"],
    ["without a tag means :latest", "phi4", "mac", "phi4"],
    ["may carry an ignored suffix", "claude-sonnet-4[1m]", "cloud", "claude-sonnet-4"],
    ["may carry an ignored suffix in any case", "Claude-Sonnet-4[1m]", "cloud", "claude-sonnet-4"],
    ["that exists with a suffix is left whole", "name-with-suffix[1m]", "gpu", "name-with-suffix[1m]"],
    ["may be an alias with an ignored suffix", "Best-Model[1m]", "mac", "qwen3:32b"],
    ["may be an alias in any case", "best-model", "mac", "qwen3:32b"],
  ];
  for (const [story, asked, endpoint, spelling] of cases) {
    test(`${story}: ${asked}`, async () => {
      const answer = await gateway.chat(asked);
      assert.equal(answer.status, 200, answer.text);
      assert.equal(answer.endpoint, endpoint);
      const server = servers.find(({ name }) => name === endpoint);
      const body = JSON.parse(
        server?.backend.requests.findLast(({ method }) => method === "POST")?.body.toString() ?? "",
      );
      assert.equal(body.model, spelling);
    });
  }

  test("with a suffix that is not in the config is another name", async () => {
    assert.equal((await gateway.chat("claude-sonnet-4[2m]")).status, 404);
    assert.equal((await gateway.chat("[1m]")).status, 404);
  });

  test("that does not exist is refused with names that are close", async () => {
    const answer = await gateway.chat("claude-sonet-4");
    assert.equal(answer.code, "model_not_found");
    assert.match(answer.text, /did you mean \\"claude-sonnet-4\\"/);
  });

  test("is listed in the server's spelling, by the route of each type that has it", async () => {
    assert.deepEqual(await gateway.ids(), LISTED);
    assert.ok((await gateway.ids("/olla/ollama/api/tags")).includes("Twin-Model"));
    assert.deepEqual(await gateway.ids("/olla/lmstudio/api/v0/models"), ["twin-model"]);
    assert.deepEqual(await gateway.states("Twin-Model"), ["desk available", "mac available"]);
  });

  test("of a model with two servers leads to each of them, in its own spelling", async () => {
    const paths = [["ollama", mac, "Twin-Model"], ["lmstudio", desk, "twin-model"]] as const;
    for (const [prefix, server, spelling] of paths) {
      const body = { model: "TWIN-MODEL", messages: [{ role: "user", content: "Hi" }] };
      const answer = await gateway.post(`/olla/${prefix}/v1/chat/completions`, body);
      assert.equal(answer.endpoint, server.name, answer.text);
      assert.equal(server.inferences.at(-1)?.model, spelling);
    }
  });

  test("has the same place in every list, call after call and start after start", async () => {
    const read = (from: Gateway) =>
      Promise.all(LISTS.map(async (path) => {
        const text = await (await fetch(`${from.olla.url}${path}`)).text();
        // Times of looking differ; olla's own start stands for the age of what has none.
        return text.replaceAll(/"(?:timestamp|last_seen|last_seen_at|created|modified_at)":("[^"]*"|\d+)/g, "");
      }));
    // What was asked so far has put models into memory, which lists show.
    const first = await read(gateway);
    for (let call = 0; call < 20; call++) assert.deepEqual(await read(gateway), first);
    const ids = await Promise.all(LISTS.slice(0, 4).map((path) => gateway.ids(path)));
    for (let start = 0; start < 3; start++) {
      // Each time another server answers first.
      const order = [...servers.slice(start + 1), ...servers.slice(0, start + 1)];
      await using again = await Gateway.start(order, options);
      assert.deepEqual(await Promise.all(LISTS.slice(0, 4).map((path) => again.ids(path))), ids);
    }
  });
});
