import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { FORMAT_NAMES, formatNamed } from "../formats/format_table.ts";
import { dataFormat, type ListFormat } from "../formats/list_format.ts";
import type { ListFilter } from "./list_filter.ts";
import { ListTexts } from "./list_texts.ts";
import { EVERYWHERE } from "./listed_endpoints.ts";
import { LISTED_AT, listingWorld, type World, type WorldEndpoints } from "./listing_test_support.ts";
import type { DiscoveredModel } from "../model.ts";
import { parseModelList } from "../parse_list.ts";

function named(name: string): ListFormat {
  const format = formatNamed(name);
  assert.ok(format, name);
  return format;
}

function textOf(world: World, format: ListFormat, filter?: ListFilter, includeAliases = true): Promise<string> {
  return world.texts.text({ scope: EVERYWHERE, format, includeAliases, filter });
}

async function idsOf(world: World, filter?: ListFilter, includeAliases = true): Promise<string[]> {
  const body = JSON.parse(await textOf(world, named("unified"), filter, includeAliases)) as { data: { id: string }[] };
  return body.data.map(({ id }) => id);
}

const MODELS: WorldEndpoints = {
  ollama: {
    type: "ollama",
    models: [
      { id: "llama3.1:8b", capabilities: { chat: true } },
      { id: "llava:7b", capabilities: { chat: true, vision: true } },
      "nomic-embed-text",
    ],
  },
  vllm: { type: "vllm", models: ["llama3.1:8b", "Qwen/Qwen3-8B"] },
  dead: { type: "vllm", models: ["Qwen/Qwen3-32B", "llama3.1:8b"], down: true },
};

describe("lists of models", () => {
  test("leave out what only endpoints out of service have", async () => {
    assert.deepEqual(await idsOf(listingWorld(MODELS)), [
      "Qwen/Qwen3-8B",
      "llama3.1:8b",
      "llava:7b",
      "nomic-embed-text",
    ]);
  });

  const filters: [story: string, filter: Partial<ListFilter>, expected: string[]][] = [
    ["unavailable ones on request", { includeUnavailable: true }, [
      "Qwen/Qwen3-32B",
      "Qwen/Qwen3-8B",
      "llama3.1:8b",
      "llava:7b",
      "nomic-embed-text",
    ]],
    ["an endpoint", { endpoint: "vllm" }, ["Qwen/Qwen3-8B", "llama3.1:8b"]],
    ["an endpoint that is unknown", { endpoint: "nobody" }, []],
    ["an endpoint out of service", { endpoint: "dead" }, []],
    ["the same with unavailable ones", { endpoint: "dead", includeUnavailable: true }, [
      "Qwen/Qwen3-32B",
      "llama3.1:8b",
    ]],
    ["a family, whatever its case", { family: "Qwen" }, ["Qwen/Qwen3-8B"]],
    ["a type", { type: "embeddings" }, ["nomic-embed-text"]],
    ["another type", { type: "vlm" }, ["llava:7b"]],
    ["a capability", { capability: "vision" }, ["llava:7b"]],
    ["what is in memory", { isLoaded: true }, ["llama3.1:8b"]],
    ["what is not", { isLoaded: false }, ["Qwen/Qwen3-8B", "llava:7b", "nomic-embed-text"]],
    ["several at once", { endpoint: "ollama", capability: "chat", isLoaded: false }, ["llava:7b"]],
  ];
  for (const [story, filter, expected] of filters) {
    test(`can be filtered by ${story}`, async () => {
      const world = listingWorld(MODELS);
      world.loaded.set("ollama", ["llama3.1:8b"]);
      assert.deepEqual(await idsOf(world, { includeUnavailable: false, ...filter }), expected);
    });
  }

  test("have aliases unless told otherwise, and filter them like models", async () => {
    const world = listingWorld(MODELS, { eyes: ["llava:7b"] });
    const ids = await idsOf(world);
    assert.ok(ids.includes("eyes"));
    assert.deepEqual(await idsOf(world, undefined, false), ids.filter((id) => id !== "eyes"));
    assert.deepEqual(await idsOf(world, { includeUnavailable: false, capability: "vision" }), ["eyes", "llava:7b"]);
  });

  test("the unified list has a model once, the others have it under each of its names", async () => {
    const digest = "ef".repeat(32);
    const world = listingWorld({ a: { type: "ollama", models: [{ id: "x", digest }, { id: "y", digest }] } });
    assert.deepEqual(await idsOf(world), ["x"]);
    const { data } = JSON.parse(await textOf(world, named("openai"))) as { data: { id: string }[] };
    assert.deepEqual(data.map(({ id }) => id), ["x", "y"]);
  });

  test("are the same bytes whoever answered first", async () => {
    const reversed = Object.fromEntries(Object.entries(MODELS).reverse());
    for (const name of FORMAT_NAMES) {
      assert.equal(await textOf(listingWorld(MODELS), named(name)), await textOf(listingWorld(reversed), named(name)));
    }
  });

  test("hold no keys, addresses or parameters of the servers behind them", async () => {
    const entry = {
      id: "gpt",
      object: "model",
      litellm_params: { api_base: "http://10.9.9.9:1", api_key: "sk-leak" },
      model_info: { litellm_params: { api_key: "sk-leak" }, api_base: "http://10.9.9.9" },
      api_base: "http://10.9.9.9",
      api_key: "sk-leak",
      url: "http://10.9.9.9",
      remote_host: "http://10.9.9.9",
      path: "/secret/sk-leak",
      root: "/secret/sk-leak",
      meta: { api_key: "sk-leak" },
      details: { api_base: "http://10.9.9.9" },
    };
    const types = ["ollama", "lm-studio", "vllm", "sglang", "litellm", "lemonade", "llamacpp", "omlx"];
    const world = listingWorld(
      Object.fromEntries(types.map((type) => {
        const parsed = ["ollama", "lmstudio", "vllm", "openai", "lemonade", "llamacpp", "litellm"].flatMap((format) =>
          parseModelList(format, { data: [entry] })
        );
        return [type, { type, models: parsed.slice(0, 1) }];
      })),
      { alias: ["gpt"] },
    );
    for (const name of FORMAT_NAMES) {
      assert.doesNotMatch(await textOf(world, named(name)), /sk-leak|10\.9\.9\.9|10\.1\.2\.3|litellm_params|api_base/);
    }
  });
});

describe("the memory of lists", () => {
  /** Counts how often a line is written. */
  function counted(showsLoaded: boolean): { format: ListFormat; written: string[] } {
    const written: string[] = [];
    const format = dataFormat("counted", ({ id }) => {
      written.push(id);
      return { id };
    }, { showsLoaded });
    return { format, written };
  }

  test("a list is written once, and after a change only what changed", async () => {
    const world = listingWorld({ a: { type: "vllm", models: ["m", "n"] }, b: { type: "vllm", models: ["o"] } });
    const { format, written } = counted(true);
    await textOf(world, format);
    await textOf(world, format);
    assert.deepEqual(written.splice(0), ["m", "n", "o"]);
    world.catalog.setModels("b", [{ id: "n-new" }, { id: "o" }], LISTED_AT + 1);
    assert.equal(
      await textOf(world, format),
      '{"object":"list","data":[{"id":"m"},{"id":"n"},{"id":"n-new"},{"id":"o"}]}',
    );
    assert.deepEqual(written.splice(0), ["n-new"]);
    world.loaded.set("a", ["n"]);
    await textOf(world, format);
    // Endpoint a has told of its memory for the first time: m is now known not to be there.
    assert.deepEqual(written.splice(0), ["m", "n"]);
    world.loaded.set("a", ["n", "m"]);
    await textOf(world, format);
    assert.deepEqual(written.splice(0), ["m"]);
  });

  test("a list that does not show memory is not written for it", async () => {
    const world = listingWorld({ a: { type: "ollama", models: ["m"] } });
    const { format, written } = counted(false);
    const before = await textOf(world, format);
    world.loaded.set("a", ["m"]);
    assert.equal(await textOf(world, format), before);
    assert.deepEqual(written, ["m"]);
  });

  /** A format of which every line takes a millisecond, so that a list is written in many slices. */
  function slow(written: string[]): ListFormat {
    return dataFormat("slow", ({ id }) => {
      for (const end = performance.now() + 1; performance.now() < end;);
      written.push(id);
      return { id };
    });
  }

  const NINETY_NINE = Array.from({ length: 99 }, (_, n) => `m${String(n).padStart(2, "0")}`);

  test("all who ask while a list is written wait for that list", async () => {
    const world = listingWorld({ a: { type: "vllm", models: NINETY_NINE } });
    const written: string[] = [];
    const format = slow(written);
    const texts = await Promise.all([1, 2, 3].map(() => textOf(world, format)));
    assert.equal(new Set(texts).size, 1);
    assert.equal(written.length, NINETY_NINE.length);
  });

  test("a list that a change overtakes tells what was true before it, whole; who asks after the change sees it", async () => {
    const world = listingWorld({ a: { type: "vllm", models: NINETY_NINE } });
    const written: string[] = [];
    const format = slow(written);
    const before = textOf(world, format);
    while (written.length === 0) await new Promise<void>((resolve) => setImmediate(resolve));
    assert.ok(written.length < NINETY_NINE.length, "it is written in slices");
    world.catalog.setModels("a", ["m50", "new"].map((id) => ({ id })), LISTED_AT + 1);
    const after = textOf(world, format);
    const ids = async (text: Promise<string>) =>
      (JSON.parse(await text) as { data: { id: string }[] }).data.map(({ id }) => id);
    assert.deepEqual(await ids(before), NINETY_NINE);
    assert.deepEqual(await ids(after), ["m50", "new"]);
    assert.deepEqual(written.slice(NINETY_NINE.length), ["new"], "the rest was written already");
  });

  test("is bounded: the lists asked for last stay", async () => {
    const long = "x".repeat(1_000_000);
    const world = listingWorld({ a: { type: "vllm", models: ["m"] } });
    const texts = new ListTexts(world.listing);
    const written: string[] = [];
    const ask = async (name: string) => {
      const format = dataFormat(name, () => {
        written.push(name);
        return { long };
      });
      await texts.text({ scope: EVERYWHERE, format, includeAliases: true, filter: undefined });
    };
    for (let i = 0; i < 20; i++) await ask(`format-${i}`);
    written.length = 0;
    await ask("format-19");
    assert.deepEqual(written, []);
    await ask("format-0");
    assert.deepEqual(written, ["format-0"]);
  });
});

describe("every format, of any models", () => {
  const name = fc.oneof(
    fc.constantFrom(
      "a",
      "A",
      "org/a",
      "org/b",
      "llama3:8b",
      "llava",
      'quo"te',
      "back\\slash",
      "ünï/cöde",
      "constructor",
    ),
    fc.string({ minLength: 1, maxLength: 20 }).filter((text) => !text.includes("*")),
  );
  const model: fc.Arbitrary<DiscoveredModel> = fc.record({
    id: name,
    created: fc.integer({ min: 1, max: 4_000_000_000 }),
    modifiedAt: fc.integer({ min: 1, max: 4_000_000_000 }),
    sizeBytes: fc.integer({ min: 1 }),
    contextLength: fc.integer({ min: 1 }),
    digest: fc.constantFrom("aa".repeat(32), "bb".repeat(32)),
    family: name,
    quantization: name,
    parameterSize: name,
    ownedBy: name,
    loaded: fc.boolean(),
    capabilities: fc.dictionary(fc.constantFrom("chat", "vision", "tools", "embeddings"), fc.boolean()),
  }, { requiredKeys: ["id"] });
  const endpoints = fc.dictionary(
    fc.constantFrom("e1", "e2", "e3"),
    fc.record({
      type: fc.constantFrom("ollama", "vllm", "lm-studio", "litellm"),
      models: fc.array(model, { maxLength: 5 }),
      down: fc.boolean(),
    }),
  );

  test("is valid JSON with unique ids, however often it is asked for while things change", async () => {
    await fc.assert(
      fc.asyncProperty(
        endpoints,
        endpoints,
        fc.dictionary(name, fc.array(name, { maxLength: 2 })),
        async (before, after, aliases) => {
          const world = listingWorld(before, aliases);
          for (const format of FORMAT_NAMES) await textOf(world, named(format));
          for (const [endpoint, { models }] of Object.entries(after)) {
            if (world.registry.get(endpoint) !== undefined) world.catalog.setModels(endpoint, models, LISTED_AT + 1);
          }
          for (const format of FORMAT_NAMES) {
            const text = await textOf(world, named(format));
            const lists = Object.values(JSON.parse(text) as Record<string, unknown>).filter(Array.isArray);
            for (const list of lists as Record<string, string>[][]) {
              const ids = list.map((item) => item.id ?? item.key ?? item.name);
              assert.equal(new Set(ids).size, ids.length, `${format}: ${ids}`);
              for (const id of ids) {
                assert.ok(
                  world.listing.find(EVERYWHERE, id ?? "")?.model.inService,
                  `${format}: ${id}`,
                );
              }
            }
            assert.equal(
              text,
              await new ListTexts(world.listing).text({
                scope: EVERYWHERE,
                format: named(format),
                includeAliases: true,
                filter: undefined,
              }),
            );
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});
