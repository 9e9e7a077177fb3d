import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { EVERYWHERE, type ListScope } from "./listed_endpoints.ts";
import { copyState, type ListedLine } from "./listed_model.ts";
import { LISTED_AT, LISTED_S, listingWorld, STARTED_S, type World } from "./listing_test_support.ts";

function ofType(...types: string[]): ListScope {
  return { key: types.join(), includes: (profile) => profile !== undefined && types.includes(profile.name) };
}

/** `llama3@a:loaded b:available` for each line. */
function told(lines: readonly ListedLine[]): string[] {
  return lines.map(({ id, model }) => {
    const copies = model.copies.map((copy) => `${copy.endpoint.name}:${copyState(copy)}`);
    return `${id} @ ${copies.join(" ")}`;
  });
}

async function lines(world: World, scope: ListScope = EVERYWHERE): Promise<string[]> {
  return told((await world.listing.view(scope, true)).linesAndAliases);
}

describe("a view of all models", () => {
  test("joins what endpoints, memory and health say of each", async () => {
    const world = listingWorld({
      b: { type: "vllm", models: ["shared", "org/only-b"] },
      a: { type: "ollama", models: ["shared", "only-a"] },
      dead: { type: "ollama", models: ["shared", "lost"], down: true },
    });
    world.loaded.set("a", ["shared"]);
    assert.deepEqual(await lines(world), [
      "lost @ dead:unavailable",
      "only-a @ a:available",
      "org/only-b @ b:available",
      "shared @ a:loaded b:available dead:unavailable",
    ]);
  });

  test("does not depend on the order in which endpoints answered", async () => {
    const a = { type: "ollama", models: ["m", "B"] };
    const b = { type: "vllm", models: ["b", "org/x", "m"] };
    const describe = async (world: World) =>
      (await world.listing.view(EVERYWHERE, true)).lines.map((
        { id, model },
      ) => [id, model.contextLength, model.aliases]);
    assert.deepEqual(await describe(listingWorld({ a, b })), await describe(listingWorld({ b, a })));
  });

  test("shows every name that an endpoint lists, but once where only case differs", async () => {
    const digest = "cd".repeat(32);
    const world = listingWorld({
      a: { type: "ollama", models: [{ id: "m:latest", digest }, { id: "a-copy:latest", digest }] },
      b: { type: "vllm", models: ["Qwen/Q"] },
      c: { type: "sglang", models: ["qwen/q"] },
    });
    assert.deepEqual(await lines(world), [
      "Qwen/Q @ b:available c:available",
      "a-copy:latest @ a:available a:available",
      "m:latest @ a:available a:available",
    ]);
    assert.equal((await world.listing.view(EVERYWHERE, true)).models.length, 2);
  });

  test("of one type has the names that its endpoints use", async () => {
    const digest = "cd".repeat(32);
    const world = listingWorld({
      a: { type: "ollama", models: [{ id: "z", digest }] },
      b: { type: "lm-studio", models: [{ id: "lmstudio-z", digest }, "also"] },
    });
    assert.deepEqual(await lines(world, ofType("ollama")), ["z @ a:available"]);
    assert.deepEqual(await lines(world, ofType("lm-studio")), ["also @ b:available", "lmstudio-z @ b:available"]);
    assert.deepEqual(await lines(world, ofType("vllm")), []);
  });

  test("types that share a name both list it", async () => {
    const world = listingWorld({
      a: { type: "ollama", models: ["gpt-oss"] },
      b: { type: "vllm", models: ["gpt-oss"] },
    });
    assert.deepEqual(await lines(world, ofType("ollama")), ["gpt-oss @ a:available"]);
    assert.deepEqual(await lines(world, ofType("vllm")), ["gpt-oss @ b:available"]);
  });

  test("follows an endpoint that goes down, a model that goes, and what is loaded", async () => {
    const world = listingWorld({
      a: { type: "ollama", models: ["m", "n"] },
      b: { type: "vllm", models: ["m"] },
    });
    assert.deepEqual(await lines(world), ["m @ a:available b:available", "n @ a:available"]);
    world.kill("a");
    assert.deepEqual(await lines(world), ["m @ a:unavailable b:available", "n @ a:unavailable"]);
    world.catalog.setModels("a", [{ id: "m" }], LISTED_AT + 1);
    assert.deepEqual(await lines(world), ["m @ a:unavailable b:available"]);
    world.loaded.set("b", ["m"]);
    assert.deepEqual(await lines(world), ["m @ a:unavailable b:loaded"]);
    world.registry.remove("a");
    world.catalog.removeEndpoint("a");
    assert.deepEqual(await lines(world), ["m @ b:loaded"]);
  });

  test("keeps the objects of models of which nothing changed", async () => {
    const world = listingWorld({
      a: { type: "ollama", models: ["m"] },
      b: { type: "vllm", models: ["n"] },
    });
    const before = await world.listing.view(EVERYWHERE, true);
    assert.equal(await world.listing.view(EVERYWHERE, true), before);
    world.kill("a");
    const after = await world.listing.view(EVERYWHERE, true);
    assert.notEqual(after.models[0], before.models[0]);
    assert.equal(after.models[1], before.models[1]);
  });

  test("a model in memory changes no stamp of lists that do not show it", () => {
    const world = listingWorld({ a: { type: "ollama", models: ["m"] } });
    const [plain, full] = [world.listing.stamp(false), world.listing.stamp(true)];
    world.loaded.set("a", ["m"]);
    assert.equal(world.listing.stamp(false), plain);
    assert.notEqual(world.listing.stamp(true), full);
  });

  test("a server whose type turns out to be another moves to that type's list", async () => {
    const world = listingWorld({ a: { type: "vllm", models: ["m"] }, b: { type: "ollama", models: [] } });
    assert.deepEqual(await lines(world, ofType("ollama")), []);
    const [a, b] = world.registry.list();
    assert.ok(a !== undefined && b?.profile !== undefined);
    world.registry.setProfile(a, b.profile);
    assert.deepEqual(await lines(world, ofType("ollama")), ["m @ a:available"]);
    assert.deepEqual(await lines(world, ofType("vllm")), []);
  });
});

describe("aliases in a view", () => {
  const endpoints = {
    a: { type: "ollama", models: [{ id: "llama3.1:8b", created: 1_650_000_000 }, "gpt"] },
    b: { type: "litellm", models: ["openai/gpt-4o-mini", "bedrock/*"] },
  };

  test("have on each endpoint the first of their names that is there", () => {
    const world = listingWorld(endpoints, { assistant: ["openai/gpt-4o-mini", "llama3.1:8b", "gpt"] });
    const line = world.listing.find(EVERYWHERE, "assistant");
    assert.deepEqual(line?.model.copies.map(({ endpoint, model }) => [endpoint.name, model.id]), [
      ["a", "llama3.1:8b"],
      ["b", "openai/gpt-4o-mini"],
    ]);
    assert.equal(line.model.created, 1_650_000_000);
    assert.equal(line.model.isAlias, true);
  });

  test("are listed among the names in order, and not when they lead nowhere", async () => {
    const world = listingWorld(endpoints, { hal: ["gpt"], zed: ["gpt"], ghost: ["none"] });
    const ids = (view: readonly ListedLine[]) => view.map(({ id }) => id);
    const { lines, linesAndAliases } = await world.listing.view(EVERYWHERE, true);
    assert.deepEqual(ids(lines), ["gpt", "llama3.1:8b", "openai/gpt-4o-mini"]);
    assert.deepEqual(ids(linesAndAliases), ["gpt", "hal", "llama3.1:8b", "openai/gpt-4o-mini", "zed"]);
  });

  test("that are the name of a model, too, are listed once, and lead where the alias leads", async () => {
    const world = listingWorld(endpoints, { gpt: ["openai/gpt-4o-mini"] });
    assert.deepEqual((await lines(world)).filter((line) => line.startsWith("gpt")), ["gpt @ b:available"]);
    world.kill("b");
    assert.deepEqual((await lines(world)).filter((line) => line.startsWith("gpt")), ["gpt @ b:unavailable"]);
    assert.equal(world.listing.find(EVERYWHERE, "gpt")?.model.isAlias, true);
  });

  test("over a wildcard are there, as old as olla knows", async () => {
    const world = listingWorld(endpoints, { opus: ["bedrock/opus"] });
    assert.deepEqual((await lines(world)).filter((line) => line.startsWith("opus")), ["opus @ b:available"]);
    assert.equal(world.listing.find(EVERYWHERE, "opus")?.model.created, STARTED_S);
  });

  test("belong to the lists of the types that they reach", async () => {
    const world = listingWorld(endpoints, { hal: ["gpt"] });
    assert.deepEqual(await lines(world, ofType("litellm")), ["openai/gpt-4o-mini @ b:available"]);
    assert.ok((await lines(world, ofType("ollama"))).includes("hal @ a:available"));
  });
});

describe("find()", () => {
  const world = listingWorld(
    {
      a: { type: "ollama", models: [{ id: "Org/Some-Model:latest", aliases: ["Org/Some-Model"] }] },
      b: { type: "litellm", models: ["openai/*", "HAL"] },
      dead: { type: "vllm", models: ["lost"], down: true },
    },
    { hal: ["Org/Some-Model"], Big: ["lost"] },
  );
  const cases: [name: string, expected: string | undefined][] = [
    ["Org/Some-Model:latest", "Org/Some-Model:latest @ a:available"],
    ["Org/Some-Model", "Org/Some-Model:latest @ a:available"],
    ["org/some-model", "Org/Some-Model:latest @ a:available"],
    ["hal", "hal @ a:available"],
    ["HAL", "HAL @ b:available"],
    ["big", "Big @ dead:unavailable"],
    ["lost", "lost @ dead:unavailable"],
    ["openai/gpt-4o", "openai/gpt-4o @ b:available"],
    ["nothing", undefined],
    ["", undefined],
  ];
  for (const [name, expected] of cases) {
    test(`"${name}" is ${expected ?? "nothing"}`, () => {
      const line = world.listing.find(EVERYWHERE, name);
      assert.equal(line === undefined ? undefined : told([line])[0], expected);
    });
  }

  test("does not see beyond its scope", () => {
    assert.equal(world.listing.find(ofType("ollama"), "openai/gpt-4o"), undefined);
    assert.equal(world.listing.find(ofType("ollama"), "lost"), undefined);
  });

  test("names that are close include aliases, and never the name itself", () => {
    assert.deepEqual(world.listing.closest("Bigg", 3), ["Big"]);
    assert.deepEqual(world.listing.closest("Big", 3), []);
    assert.deepEqual(world.listing.closest("LOST", 3), []);
  });

  test("does not find what a wildcard covers, but the endpoint's filter leaves out", () => {
    const filter = { include: ["openai/gpt-4*"], exclude: [] };
    const filtered = listingWorld({ b: { type: "litellm", models: ["openai/*"], filter } }, {
      in: ["openai/gpt-4o"],
      out: ["openai/o1"],
    });
    const found = ["openai/gpt-4o", "in", "openai/o1", "out"].map((name) =>
      filtered.listing.find(EVERYWHERE, name)?.id
    );
    assert.deepEqual(found, ["openai/gpt-4o", "in", undefined, undefined]);
  });

  test("knows ignored suffixes as requests do", () => {
    const suffixed = listingWorld(
      { a: { type: "vllm", models: ["m", "whole[1m]", "whole"] }, b: { type: "litellm", models: ["any/*", "any/x"] } },
      { hal: ["m"] },
      ["[1m]"],
    );
    const found = (name: string) => suffixed.listing.find(EVERYWHERE, name)?.id;
    const cases = [
      ["m[1m]", "m"],
      ["M[1m]", "m"],
      ["hal[1m]", "hal"],
      ["whole[1m]", "whole[1m]"],
      ["any/x[1m]", "any/x"],
      ["any/y[1m]", "any/y"],
      ["[1m]", undefined],
      ["none[1m]", undefined],
    ] as const;
    for (const [name, expected] of cases) assert.equal(found(name), expected, name);
  });

  test("answers with the line whose id or other name was asked for", () => {
    const digest = "cd".repeat(32);
    const models = ["a-copy", "mine"].map((name) => ({ id: `${name}:latest`, aliases: [name], digest }));
    const joined = listingWorld({ a: { type: "ollama", models } });
    for (const name of ["mine", "mine:latest", "MINE", "Mine:latest"]) {
      assert.equal(joined.listing.find(EVERYWHERE, name)?.id, "mine:latest");
    }
    assert.equal(joined.listing.find(EVERYWHERE, "a-copy")?.id, "a-copy:latest");
  });
});

describe("a listed model", () => {
  test("has the least limits, the highest prices, and what any copy in service can do", () => {
    const world = listingWorld({
      a: {
        type: "vllm",
        models: [{ id: "m", contextLength: 32_768, inputCostPerToken: 1e-6, capabilities: { vision: true } }],
      },
      b: {
        type: "litellm",
        models: [{ id: "m", contextLength: 8192, inputCostPerToken: 3e-6, capabilities: { tools: true } }],
      },
      c: { type: "sglang", models: [{ id: "m", contextLength: 4096, capabilities: { reasoning: true } }], down: true },
    });
    const model = world.listing.find(EVERYWHERE, "m")?.model;
    assert.equal(model?.contextLength, 4096);
    assert.equal(model.inputCostPerToken, 3e-6);
    assert.ok(model.capabilities.includes("vision") && model.capabilities.includes("tools"));
    assert.ok(!model.capabilities.includes("reasoning"));
  });

  test("has its single facts from the copy that a request reaches first", () => {
    const world = listingWorld({
      a: { type: "vllm", models: [{ id: "m", quantization: "BF16", format: "safetensors" }], priority: 10 },
      b: { type: "ollama", models: [{ id: "m", quantization: "Q4_K_M" }], priority: 100 },
      c: { type: "ollama", models: [{ id: "m", quantization: "Q8_0" }], priority: 200, down: true },
    });
    const model = () => world.listing.find(EVERYWHERE, "m")?.model;
    assert.equal(model()?.stated("quantization"), "Q4_K_M");
    assert.equal(model()?.stated("format"), "safetensors");
    world.kill("b");
    assert.equal(model()?.stated("quantization"), "BF16");
  });

  test("is known to be out of memory only when every copy in service says so", () => {
    const world = listingWorld({
      a: { type: "ollama", models: ["m"] },
      b: { type: "lm-studio", models: ["m"] },
    });
    world.loaded.set("b", []);
    const model = () => world.listing.find(EVERYWHERE, "m")?.model;
    assert.equal(model()?.loaded, undefined);
    world.loaded.set("a", []);
    assert.equal(model()?.loaded, false);
    world.loaded.set("a", ["m"]);
    assert.equal(model()?.loaded, true);
    world.kill("a");
    world.kill("b");
    assert.equal(model()?.state, "unavailable");
  });

  test("says nothing of memory that was forgotten, whatever its list once said", () => {
    const world = listingWorld({ a: { type: "lm-studio", models: [{ id: "m", loaded: true }] } });
    const model = () => world.listing.find(EVERYWHERE, "m")?.model;
    world.loaded.set("a", ["m"]);
    assert.deepEqual([model()?.loaded, model()?.state], [true, "loaded"]);
    world.loaded.forget("a");
    assert.deepEqual([model()?.loaded, model()?.state], [undefined, "available"]);
  });

  test("of an alias mixes no facts of different models", () => {
    const world = listingWorld({
      local: { type: "ollama", models: [{ id: "llama3.1:8b", quantization: "Q4_K_M" }], priority: 100 },
      cloud: { type: "litellm", models: [{ id: "gpt-4o-mini", format: "safetensors" }], priority: 10 },
    }, { assistant: ["llama3.1:8b", "gpt-4o-mini"] });
    const model = () => world.listing.find(EVERYWHERE, "assistant")?.model;
    assert.deepEqual([model()?.stated("quantization"), model()?.stated("format")], ["Q4_K_M", undefined]);
    world.kill("local");
    assert.deepEqual([model()?.stated("quantization"), model()?.stated("format")], [undefined, "safetensors"]);
  });

  test("was last seen when an endpoint last listed it", () => {
    const world = listingWorld({ a: { type: "vllm", models: ["m"] }, b: { type: "vllm", models: ["m"] } });
    world.catalog.setModels("a", [{ id: "m" }], LISTED_AT + 60_000);
    const model = world.listing.find(EVERYWHERE, "m")?.model;
    assert.ok(model);
    assert.equal(world.listing.lastSeenAt(model), LISTED_AT + 60_000);
    assert.equal(model.created, LISTED_S);
  });
});
