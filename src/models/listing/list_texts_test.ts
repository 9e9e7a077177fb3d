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

function textOf(world: World, format: ListFormat, filter?: ListFilter, includeAliases = true): string {
  return world.texts.text({ scope: EVERYWHERE, format, includeAliases, filter });
}

function idsOf(world: World, filter?: ListFilter, includeAliases = true): string[] {
  const body = JSON.parse(textOf(world, named("unified"), filter, includeAliases)) as { data: { id: string }[] };
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
  test("leave out what only endpoints out of service have", () => {
    assert.deepEqual(idsOf(listingWorld(MODELS)), ["Qwen/Qwen3-8B", "llama3.1:8b", "llava:7b", "nomic-embed-text"]);
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
    test(`can be filtered by ${story}`, () => {
      const world = listingWorld(MODELS);
      world.loaded.set("ollama", ["llama3.1:8b"]);
      assert.deepEqual(idsOf(world, { includeUnavailable: false, ...filter }), expected);
    });
  }

  test("have aliases unless told otherwise, and filter them like models", () => {
    const world = listingWorld(MODELS, { eyes: ["llava:7b"] });
    const ids = idsOf(world);
    assert.ok(ids.includes("eyes"));
    assert.deepEqual(idsOf(world, undefined, false), ids.filter((id) => id !== "eyes"));
    assert.deepEqual(idsOf(world, { includeUnavailable: false, capability: "vision" }), ["eyes", "llava:7b"]);
  });

  test("the unified list has a model once, the others have it under each of its names", () => {
    const digest = "ef".repeat(32);
    const world = listingWorld({ a: { type: "ollama", models: [{ id: "x", digest }, { id: "y", digest }] } });
    assert.deepEqual(idsOf(world), ["x"]);
    const { data } = JSON.parse(textOf(world, named("openai"))) as { data: { id: string }[] };
    assert.deepEqual(data.map(({ id }) => id), ["x", "y"]);
  });

  test("are the same bytes whoever answered first", () => {
    const reversed = Object.fromEntries(Object.entries(MODELS).reverse());
    for (const name of FORMAT_NAMES) {
      assert.equal(textOf(listingWorld(MODELS), named(name)), textOf(listingWorld(reversed), named(name)));
    }
  });

  test("hold no keys, addresses or parameters of the servers behind them", () => {
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
      assert.doesNotMatch(textOf(world, named(name)), /sk-leak|10\.9\.9\.9|10\.1\.2\.3|litellm_params|api_base/);
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

  test("a list is written once, and after a change only what changed", () => {
    const world = listingWorld({ a: { type: "vllm", models: ["m", "n"] }, b: { type: "vllm", models: ["o"] } });
    const { format, written } = counted(true);
    textOf(world, format);
    textOf(world, format);
    assert.deepEqual(written.splice(0), ["m", "n", "o"]);
    world.catalog.setModels("b", [{ id: "n-new" }, { id: "o" }], LISTED_AT + 1);
    assert.equal(textOf(world, format), '{"object":"list","data":[{"id":"m"},{"id":"n"},{"id":"n-new"},{"id":"o"}]}');
    assert.deepEqual(written.splice(0), ["n-new"]);
    world.loaded.set("a", ["n"]);
    textOf(world, format);
    // Endpoint a has told of its memory for the first time: m is now known not to be there.
    assert.deepEqual(written.splice(0), ["m", "n"]);
    world.loaded.set("a", ["n", "m"]);
    textOf(world, format);
    assert.deepEqual(written.splice(0), ["m"]);
  });

  test("a list that does not show memory is not written for it", () => {
    const world = listingWorld({ a: { type: "ollama", models: ["m"] } });
    const { format, written } = counted(false);
    const before = textOf(world, format);
    world.loaded.set("a", ["m"]);
    assert.equal(textOf(world, format), before);
    assert.deepEqual(written, ["m"]);
  });

  test("is bounded: the lists asked for last stay", () => {
    const long = "x".repeat(1_000_000);
    const world = listingWorld({ a: { type: "vllm", models: ["m"] } });
    const texts = new ListTexts(world.listing);
    const written: string[] = [];
    const ask = (name: string) => {
      const format = dataFormat(name, () => {
        written.push(name);
        return { long };
      });
      texts.text({ scope: EVERYWHERE, format, includeAliases: true, filter: undefined });
    };
    for (let i = 0; i < 20; i++) ask(`format-${i}`);
    written.length = 0;
    ask("format-19");
    assert.deepEqual(written, []);
    ask("format-0");
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

  test("is valid JSON with unique ids, however often it is asked for while things change", () => {
    fc.assert(
      fc.property(
        endpoints,
        endpoints,
        fc.dictionary(name, fc.array(name, { maxLength: 2 })),
        (before, after, aliases) => {
          const world = listingWorld(before, aliases);
          for (const format of FORMAT_NAMES) textOf(world, named(format));
          for (const [endpoint, { models }] of Object.entries(after)) {
            if (world.registry.get(endpoint) !== undefined) world.catalog.setModels(endpoint, models, LISTED_AT + 1);
          }
          for (const format of FORMAT_NAMES) {
            const text = textOf(world, named(format));
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
              new ListTexts(world.listing).text({
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
