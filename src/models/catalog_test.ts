import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { Catalog } from "./catalog.ts";
import type { DiscoveredModel } from "./model.ts";

const NOW = 1_700_000_000_000;

function ids(...names: string[]): DiscoveredModel[] {
  return names.map((id) => ({ id }));
}

/** A catalogue with these lists, by endpoint. */
function catalogOf(lists: Record<string, readonly DiscoveredModel[]>): Catalog {
  const catalog = new Catalog();
  for (const [endpoint, models] of Object.entries(lists)) catalog.setModels(endpoint, models, NOW);
  return catalog;
}

/** `modelId: endpoint=name, endpoint=name`, or nothing. */
function show(catalog: Catalog, name: string): string | undefined {
  const found = catalog.resolve(name);
  return found &&
    `${found.modelId}: ${[...found.native].map(([endpoint, native]) => `${endpoint}=${native}`).join(" ")}`;
}

describe("Catalog.resolve()", () => {
  const latest: DiscoveredModel = { id: "llama3:latest", aliases: ["llama3"] };
  const cases: readonly [string, Record<string, readonly DiscoveredModel[]>, string, string | undefined][] = [
    ["an exact id", { a: ids("m"), b: ids("n") }, "m", "m: a=m"],
    ["all endpoints with the id, sorted", { b: ids("m"), a: ids("m") }, "m", "m: a=m b=m"],
    ["nothing for an unknown name", { a: ids("m") }, "x", undefined],
    ["nothing for an empty name", { a: ids("m", "*") }, "", undefined],
    ["nothing for what every object has", { a: ids("m") }, "constructor", undefined],
    ["the exact spelling before others", { a: ids("Llama"), b: ids("llama") }, "llama", "llama: b=llama"],
    ["any case when no spelling is exact", { a: ids("Llama"), b: ids("llama") }, "LLAMA", "Llama: a=Llama b=llama"],
    ["one spelling for an endpoint with two", { a: ids("Llama", "llama") }, "LLAMA", "Llama: a=Llama"],
    ["Ollama's name without its tag", { a: [latest] }, "llama3", "llama3:latest: a=llama3"],
    ["Ollama's name with its tag", { a: [latest] }, "llama3:latest", "llama3:latest: a=llama3:latest"],
    ["Ollama's name in another case", { a: [latest] }, "LLama3", "llama3:latest: a=llama3"],
    ["not another tag", { a: [latest] }, "llama3:8b", undefined],
    [
      "Ollama beside a server that has the plain name",
      { b: ids("llama3"), a: [latest] },
      "llama3",
      "llama3: a=llama3 b=llama3",
    ],
    [
      "a model's own name before an alias",
      {
        a: [{ id: "x", aliases: ["y"] }, { id: "y" }],
      },
      "y",
      "y: a=y",
    ],
    [
      "a wildcard, by the name that was asked for",
      { a: ids("openai/*") },
      "openai/gpt-9",
      "openai/gpt-9: a=openai/gpt-9",
    ],
    [
      "an exact id before a wildcard",
      { a: ids("openai/*"), b: ids("openai/gpt-4") },
      "openai/gpt-4",
      "openai/gpt-4: b=openai/gpt-4",
    ],
    [
      "a spelling before a wildcard",
      { a: ids("openai/*"), b: ids("openai/GPT-4") },
      "openai/gpt-4",
      "openai/GPT-4: b=openai/GPT-4",
    ],
    [
      "the most specific wildcard",
      { a: ids("*"), b: ids("openai/*"), c: ids("openai/gpt-*") },
      "openai/gpt-9",
      "openai/gpt-9: c=openai/gpt-9",
    ],
    ["the catch-all", { a: ids("*"), b: ids("openai/*") }, "mine", "mine: a=mine"],
    [
      "all endpoints with the same wildcard",
      { b: ids("openai/*"), a: ids("openai/*") },
      "openai/x",
      "openai/x: a=openai/x b=openai/x",
    ],
    [
      "a star in the middle",
      { a: ids("openai/*-mini") },
      "openai/gpt-5-mini",
      "openai/gpt-5-mini: a=openai/gpt-5-mini",
    ],
    ["nothing for the beginning of a wildcard alone", { a: ids("openai/*") }, "openai/", undefined],
    ["nothing for another provider", { a: ids("openai/*") }, "anthropic/claude", undefined],
  ];
  for (const [what, lists, name, expected] of cases) {
    test(`finds ${what}`, () => {
      const catalog = catalogOf(lists);
      assert.equal(show(catalog, name), expected);
      assert.equal(show(catalog, name), expected, "the remembered answer is the same");
    });
  }

  test("gives the same object until something changes", () => {
    const catalog = catalogOf({ a: ids("Llama", "openai/*") });
    for (const name of ["Llama", "llama", "openai/x"]) assert.equal(catalog.resolve(name), catalog.resolve(name));
    const before = catalog.resolve("llama");
    catalog.setModels("b", ids("llama"), NOW);
    assert.notEqual(catalog.resolve("llama"), before);
    assert.equal(show(catalog, "llama"), "llama: b=llama");
    assert.equal(show(catalog, "NEW"), undefined);
    catalog.setModels("c", ids("new"), NOW);
    assert.equal(show(catalog, "NEW"), "new: c=new");
    catalog.removeEndpoint("c");
    assert.equal(show(catalog, "NEW"), undefined);
  });

  test("stays right when clients send more names than are remembered", () => {
    const catalog = catalogOf({ a: ids("Llama", "*") });
    for (let i = 0; i < 10_000; i++) assert.equal(catalog.resolve(`name-${i}`)?.modelId, `name-${i}`);
    assert.equal(show(catalog, "llama"), "Llama: a=Llama");
    assert.equal(catalog.resolve("x".repeat(100_000))?.native.size, 1);
  });

  test("does not depend on the order in which endpoints answer", () => {
    const model = fc.record({
      id: fc.constantFrom("a", "A", "b:latest", "b", "p/*", "*", "p/x"),
      aliases: fc.subarray(["b", "B", "z"]),
    });
    const lists = fc.dictionary(fc.constantFrom("e1", "e2", "e3"), fc.array(model, { maxLength: 4 }));
    fc.assert(fc.property(lists, fc.constantFrom("a", "A", "b", "B:LATEST", "p/x", "p/y", "z", "q"), (given, name) => {
      const backwards = Object.fromEntries(Object.entries(given).toReversed());
      const [one, two] = [catalogOf(given), catalogOf(backwards)];
      assert.equal(show(one, name), show(two, name));
      assert.deepEqual(one.list(), two.list());
      for (const [endpoint] of one.resolve(name)?.native ?? []) assert.ok(Object.hasOwn(given, endpoint));
    }));
  });
});

describe("Catalog.list()", () => {
  test("is sorted, one entry per id, without wildcards", () => {
    const catalog = catalogOf({
      b: [{ id: "z", contextLength: 8192 }, { id: "openai/*" }, { id: "a", type: "llm" }],
      a: [{ id: "z", contextLength: 4096, ownedBy: "meta", created: 1_600_000_000 }, { id: "B" }],
    });
    assert.deepEqual(catalog.list(), [
      {
        id: "B",
        created: 1_700_000_000,
        ownedBy: undefined,
        endpoints: ["a"],
        contextLength: undefined,
        type: undefined,
      },
      { id: "a", created: 1_700_000_000, ownedBy: undefined, endpoints: ["b"], contextLength: undefined, type: "llm" },
      { id: "z", created: 1_600_000_000, ownedBy: "meta", endpoints: ["a", "b"], contextLength: 4096, type: undefined },
    ]);
  });

  test("names the endpoints that take the id as an alias", () => {
    const catalog = catalogOf({ b: ids("llama3"), a: [{ id: "llama3:latest", aliases: ["llama3"] }] });
    assert.deepEqual(catalog.list().map((entry) => [entry.id, entry.endpoints]), [
      ["llama3", ["a", "b"]],
      ["llama3:latest", ["a"]],
    ]);
  });

  test("keeps a model's time although vLLM gives the time of each request", () => {
    const catalog = catalogOf({ a: [{ id: "m", created: 1_650_000_000 }] });
    const { version } = catalog;
    assert.equal(catalog.setModels("a", [{ id: "m", created: 1_650_000_300 }], NOW + 300_000), false);
    assert.equal(catalog.list()[0]?.created, 1_650_000_000);
    assert.equal(catalog.version, version);
    assert.equal(catalog.setModels("b", [{ id: "m", created: 1_600_000_000 }], NOW + 300_000), true);
    assert.equal(catalog.list()[0]?.created, 1_600_000_000);
  });
});

describe("Catalog.setModels()", () => {
  test("says whether something changed, and moves the version only then", () => {
    const catalog = new Catalog();
    const versions = [catalog.version];
    const steps: [string, readonly DiscoveredModel[], boolean][] = [
      ["a", [], true], // known to have none, which was not known before
      ["a", [], false],
      ["a", ids("m"), true],
      ["a", ids("m"), false],
      ["a", [{ id: "m", state: "loaded" }], true],
      ["a", [{ id: "m", state: "loaded", modifiedAt: 5 }], false],
      ["b", ids("m"), true],
      ["a", [], true],
    ];
    for (const [endpoint, models, changed] of steps) {
      assert.equal(catalog.setModels(endpoint, models, NOW), changed);
      versions.push(catalog.version);
    }
    assert.deepEqual(versions, [0, 1, 1, 2, 2, 3, 3, 4, 5]);
  });

  test("drops what an endpoint no longer lists", () => {
    const catalog = catalogOf({ a: ids("m", "n"), b: ids("m") });
    catalog.setModels("a", ids("n"), NOW + 1);
    assert.equal(show(catalog, "m"), "m: b=m");
    catalog.setModels("b", [], NOW + 2);
    assert.equal(show(catalog, "m"), undefined);
    assert.deepEqual(catalog.list().map((entry) => entry.id), ["n"]);
  });
});

describe("Catalog", () => {
  test("keeps the models of an endpoint that fails, and forgets those of one that is removed", () => {
    const catalog = catalogOf({ a: ids("m") });
    catalog.setError("a", "GET /v1/models answers 500");
    assert.equal(show(catalog, "m"), "m: a=m");
    assert.deepEqual(catalog.syncInfo("a"), { count: 1, lastSyncAt: NOW, error: "GET /v1/models answers 500" });
    catalog.setModels("a", ids("m"), NOW + 5);
    assert.deepEqual(catalog.syncInfo("a"), { count: 1, lastSyncAt: NOW + 5, error: undefined });
    const { version } = catalog;
    catalog.removeEndpoint("a");
    assert.equal(show(catalog, "m"), undefined);
    assert.deepEqual(catalog.modelsOf("a"), []);
    assert.ok(catalog.version > version);
    catalog.removeEndpoint("a");
    assert.equal(catalog.version, version + 1);
  });

  test("knows which endpoints have answered at all", () => {
    const catalog = new Catalog();
    assert.equal(catalog.isSynced("a"), false);
    catalog.setError("a", "no");
    assert.equal(catalog.isSynced("a"), false);
    assert.deepEqual(catalog.syncInfo("a"), { count: 0, lastSyncAt: undefined, error: "no" });
    catalog.setModels("a", [], NOW);
    assert.equal(catalog.isSynced("a"), true);
  });

  test("finds the entry of a model by any of its names", () => {
    const catalog = catalogOf({ a: [{ id: "llama3:latest", aliases: ["llama3"] }, { id: "openai/*" }] });
    for (const name of ["llama3", "LLAMA3:latest"]) assert.equal(catalog.find(name)?.id, "llama3:latest");
    assert.equal(catalog.find("openai/x"), undefined);
    assert.equal(catalog.find("x"), undefined);
  });

  test("names close models, and no wildcards", () => {
    const catalog = catalogOf({ a: ids("llama3.1:8b", "llama3.2:3b", "qwen3", "llama3.*") });
    assert.deepEqual(catalog.closest("lama3.1:8b", 3), ["llama3.1:8b", "llama3.2:3b"]);
    assert.deepEqual(catalog.closest("lama3.1:8b", 1), ["llama3.1:8b"]);
    assert.deepEqual(catalog.closest("gpt-4o", 3), []);
  });
});
