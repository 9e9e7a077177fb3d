import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { LISTED_AT, listingWorld, type World } from "../../models/listing/listing_test_support.ts";
import { modelsReport, type ModelsReportSources } from "./models_report.ts";

function sources(world: World, now = LISTED_AT + 90_000): ModelsReportSources {
  return { listing: world.listing, now, wallOffset: 1000 };
}

function world(): World {
  const made = listingWorld({
    a: {
      type: "ollama",
      models: [
        {
          id: "llama3.1:8b",
          created: 1_650_000_000,
          sizeBytes: 5_000_000_000,
          quantization: "Q4_K_M",
          contextLength: 8192,
        },
        "mystery-9",
      ],
    },
    b: { type: "vllm", models: ["meta-llama/Llama-3.2-1B"] },
    dead: { type: "vllm", models: ["llama3.1:8b"], down: true },
    empty: { type: "vllm", models: [] },
  }, { fast: ["llama3.1:8b"] });
  made.loaded.set("a", ["llama3.1:8b"]);
  return made;
}

const NO_QUERY = new URLSearchParams();

describe("the status of models", () => {
  test("counts models, families and the endpoints that have some; aliases are no models", async () => {
    const { recent_models: _, ...report } = await modelsReport(sources(world()), NO_QUERY);
    assert.deepEqual(JSON.parse(JSON.stringify(report)), {
      timestamp: "2023-11-14T22:14:51.000Z",
      models_by_family: { llama: ["llama3.1:8b", "meta-llama/Llama-3.2-1B"], unknown: ["mystery-9"] },
      total_models: 3,
      total_families: 2,
      total_endpoints: 3,
    });
  });

  test("tells of each model where it is, in which state, and what it can do", async () => {
    const report = await modelsReport(sources(world()), NO_QUERY);
    const [a, dead] = ["a", "dead"].map((name) => world().registry.get(name)?.endpoint.id);
    const llama = report.recent_models.find((model) => model.name === "llama3.1:8b");
    assert.deepEqual(JSON.parse(JSON.stringify(llama)), {
      last_seen_at: "2023-11-14T22:13:21.000Z",
      name: "llama3.1:8b",
      type: "llm",
      family: "llama",
      size: "4.66 GB",
      params: "8b",
      quant: "q4km",
      max_context_length: 8192,
      state: "loaded",
      last_seen: "1m ago",
      endpoints: ["a", "dead"],
      endpoint_ids: [a, dead],
      loaded_on: ["a"],
      availability: [{ endpoint: "a", state: "loaded" }, { endpoint: "dead", state: "unavailable" }],
      capabilities: ["chat", "completion", "tools"],
    });
  });

  test("shows the ten newest models", async () => {
    const models = Array.from({ length: 15 }, (_, index) => ({ id: `m${index}`, created: 1000 + (index * 7) % 15 }));
    const report = await modelsReport(sources(listingWorld({ a: { type: "vllm", models } })), NO_QUERY);
    const newest = models.toSorted((x, y) => y.created - x.created).slice(0, 10).map(({ id }) => id);
    assert.deepEqual(report.recent_models.map(({ name }) => name), newest);
  });

  test("groups by family only when both parameters ask for it", async () => {
    for (const query of ["", "detailed=true", "group=family", "detailed=true&group=type"]) {
      assert.equal((await modelsReport(sources(world()), new URLSearchParams(query))).model_groups, undefined);
    }
    assert.deepEqual(
      (await modelsReport(sources(world()), new URLSearchParams("detailed=true&group=family"))).model_groups,
      [
        {
          family: "llama",
          models: ["llama3.1:8b", "meta-llama/Llama-3.2-1B"],
          endpoints: ["a", "b", "dead"],
          model_count: 2,
        },
        { family: "unknown", models: ["mystery-9"], endpoints: ["a"], model_count: 1 },
      ],
    );
  });

  test("changes with time only in fields that are named for it", async () => {
    const made = world();
    const timeless = async (now: number) =>
      JSON.stringify(await modelsReport(sources(made, now), NO_QUERY), (key, value) => {
        return ["timestamp", "last_seen", "last_seen_at"].includes(key) ? undefined : value;
      });
    assert.equal(await timeless(LISTED_AT + 1000), await timeless(LISTED_AT + 9_000_000));
    made.catalog.setModels("b", [{ id: "meta-llama/Llama-3.2-1B" }], LISTED_AT + 5000);
    assert.equal(await timeless(LISTED_AT + 6000), await timeless(LISTED_AT + 1000));
  });

  test("is empty, and whole, without any endpoint", async () => {
    const report = await modelsReport(sources(listingWorld({})), NO_QUERY);
    assert.deepEqual([report.models_by_family, report.recent_models, report.total_models], [{}, [], 0]);
  });
});
