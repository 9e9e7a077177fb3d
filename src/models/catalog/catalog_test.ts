import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Catalog } from "./catalog.ts";
import { catalogOf, digests, ids, type Lists, NOW, ollama, show, showEntries } from "./catalog_test_support.ts";
import type { DiscoveredModel } from "../model.ts";

describe("Catalog.list()", () => {
  const cases: readonly [what: string, lists: Lists, entries: readonly string[]][] = [
    ["one entry per name, sorted, without wildcards", { b: ids("z", "openai/*", "a"), a: ids("z", "B") }, [
      "B @ a=B",
      "a @ b=a",
      "z @ a=z b=z",
    ]],
    ["one entry for a name in two cases", { b: ids("Llama"), a: ids("llama") }, ["Llama llama @ a=llama b=Llama"]],
    ["one entry for a name and its :latest", { b: ids("llama3"), a: ollama("llama3:latest") }, [
      "llama3 llama3:latest @ a=llama3:latest b=llama3",
    ]],
    [
      "one for x:latest wherever it is, once a server says that it is x",
      { a: ids("x:latest"), b: ollama("X:latest") },
      [
        "X:latest x:latest @ a=x:latest b=X:latest",
      ],
    ],
    ["two for x and x:latest that no server joins", { a: ids("x"), b: ids("x:latest") }, [
      "x @ a=x",
      "x:latest @ b=x:latest",
    ]],
    ["one entry for one digest under two names", { a: digests({ m: "1" }), b: digests({ n: "1" }) }, ["m n @ a=m b=n"]],
    ["two copies of an endpoint with two tags of one digest", { a: digests({ "m:8b": "1", "m:latest": "1" }) }, [
      "m:8b m:latest @ a=m:8b a=m:latest",
    ]],
    ["no third name through two digests under one name", {
      a: digests({ m: "1" }),
      b: digests({ m: "2" }),
      c: digests({ n: "1", o: "2" }),
    }, ["m @ a=m b=m", "n @ c=n", "o @ c=o"]],
    ["nothing joined by a server's alias", { a: [{ id: "m", aliases: ["n"] }], b: ids("n") }, ["m @ a=m", "n @ b=n"]],
  ];
  for (const [what, lists, entries] of cases) {
    test(`has ${what}`, () => {
      assert.deepEqual(showEntries(catalogOf(lists)), entries);
      const backwards = catalogOf(Object.fromEntries(Object.entries(lists).toReversed()));
      assert.deepEqual(showEntries(backwards), entries, "lists have the same order whoever answers first");
    });
  }

  test("tells the least context, the first owner and the smallest time", () => {
    const catalog = catalogOf({
      b: [{ id: "z", contextLength: 8192, ownedBy: "other" }],
      a: [{ id: "Z", contextLength: 4096, ownedBy: "meta", created: 1_600_000_000 }],
      c: ids("z"),
    });
    const [entry] = catalog.list();
    assert.deepEqual([entry?.contextLength, entry?.ownedBy, entry?.created], [4096, "meta", 1_600_000_000]);
    assert.equal(catalogOf({ a: ids("m") }).list()[0]?.created, NOW / 1000, "when it was first seen");
  });

  test("keeps a model's time although vLLM gives the time of each request", () => {
    const catalog = catalogOf({ a: [{ id: "m", created: 1_650_000_000 }] });
    const { version } = catalog;
    assert.equal(catalog.setModels("a", [{ id: "m", created: 1_650_000_300 }], NOW + 300_000), false);
    assert.equal(catalog.list()[0]?.created, 1_650_000_000);
    assert.equal(catalog.version, version);
    assert.equal(catalog.setModels("b", [{ id: "m", created: 1_600_000_000 }], NOW + 300_000), true);
    assert.equal(catalog.list()[0]?.created, 1_600_000_000);
    catalog.removeEndpoint("b");
    assert.equal(catalog.list()[0]?.created, 1_600_000_000, "and does not grow when its witness leaves");
  });

  test("a name that leaves a joined entry keeps the time that it was listed with", () => {
    const catalog = catalogOf({ a: [{ id: "m", digest: "1", created: 5 }], b: [{ id: "n", digest: "1", created: 9 }] });
    assert.equal(catalog.find("n")?.created, 5);
    catalog.removeEndpoint("a");
    assert.equal(catalog.find("n")?.created, 5);
  });

  test("takes over an earlier time that a backend names later", () => {
    const catalog = catalogOf({ a: [{ id: "m", created: 9 }] });
    assert.equal(catalog.setModels("a", [{ id: "m", created: 5 }], NOW), true);
    assert.equal(catalog.list()[0]?.created, 5);
  });
});

test("a model of many endpoints is up to date whenever it is asked for", () => {
  const catalog = catalogOf({});
  const hosts = () => catalog.resolve("M")?.hosts.size;
  for (let count = 1; count <= 12; count++) {
    catalog.setModels(`e${count}`, digests({ [count % 2 === 0 ? "m" : "M"]: "1", [`own-${count}`]: "" }), NOW);
    if (count % 3 === 0) assert.equal(hosts(), count);
    if (count % 4 === 0) assert.equal(catalog.find("m")?.copies.length, count);
    if (count % 5 === 0) assert.equal(catalog.list().length, count + 1);
  }
  catalog.setModels("e1", digests({ M: "2" }), NOW);
  catalog.removeEndpoint("e2");
  assert.equal(hosts(), 11);
  assert.deepEqual(showEntries(catalog).filter((line) => line.startsWith("M ")).length, 1);
  assert.equal(catalog.list().find(({ id }) => id === "M")?.copies.length, 11);
  for (let count = 1; count <= 12; count++) catalog.setModels(`e${count}`, [], NOW);
  assert.deepEqual(catalog.list(), []);
  assert.deepEqual(catalog.listedNames(), []);
});

describe("Catalog.listedNames()", () => {
  const cases: readonly [what: string, lists: Lists, names: readonly string[]][] = [
    ["both tags of one digest on an Ollama", { a: digests({ "m:8b": "1", "m:latest": "1" }) }, ["m:8b", "m:latest"]],
    ["names that differ in case once, as the entry's id spells it", { a: ids("llama"), b: ids("Llama") }, ["Llama"]],
    ["all names of all entries, sorted, without wildcards", {
      a: [...digests({ z: "1", b: "2" }), { id: "*" }],
      c: digests({ a: "1" }),
    }, ["a", "b", "z"]],
  ];
  for (const [what, lists, names] of cases) {
    test(`has ${what}`, () => {
      const catalog = catalogOf(lists);
      const listed = catalog.listedNames();
      assert.deepEqual(listed.map((item) => item.name), names);
      for (const { name, entry } of listed) assert.equal(catalog.find(name), entry);
    });
  }
});

describe("Catalog.setModels()", () => {
  test("says whether something changed, and moves the version only then", () => {
    const catalog = new Catalog({ joinByDigest: true });
    const versions = [catalog.version];
    const steps: readonly [endpoint: string, models: readonly DiscoveredModel[], changed: boolean][] = [
      ["a", [], true], // known to have none, which was not known before
      ["a", [], false],
      ["a", ids("m", "n"), true],
      ["a", ids("n", "m"), false],
      ["a", [{ id: "m", loaded: true }, { id: "n" }], true],
      ["a", [{ id: "m", loaded: true, modifiedAt: 5 }, { id: "n", created: NOW }], false],
      ["b", ids("m"), true],
      ["a", [], true],
    ];
    for (const [endpoint, models, changed] of steps) {
      assert.equal(catalog.setModels(endpoint, models, NOW), changed);
      versions.push(catalog.version);
    }
    assert.deepEqual(versions, [0, 1, 1, 2, 2, 3, 3, 4, 5]);
  });

  test("the model that a backend drops is gone with the next list", () => {
    const catalog = catalogOf({ a: ids("m", "n"), b: ids("m") });
    catalog.setModels("a", ids("n"), NOW + 1);
    assert.equal(show(catalog, "m"), "m: b=m");
    catalog.setModels("b", [], NOW + 2);
    assert.equal(show(catalog, "m"), undefined);
    assert.equal(catalog.find("m"), undefined);
    assert.deepEqual(showEntries(catalog), ["n @ a=n"]);
  });

  test("keeps the objects of what did not change", () => {
    const catalog = catalogOf({ a: [{ id: "m", aliases: ["x"] }, { id: "n" }] });
    const models = catalog.modelsOf("a");
    const entries = catalog.list();
    catalog.setModels("a", [{ id: "m", aliases: ["x"] }, { id: "n", sizeBytes: 1 }], NOW + 1);
    assert.equal(catalog.modelsOf("a")[0], models[0]);
    assert.notEqual(catalog.modelsOf("a")[1], models[1]);
    assert.equal(catalog.list()[0], entries[0]);
    assert.equal(catalog.resolve("x")?.hosts.get("a")?.model, models[0]);
  });

  test("takes the first of several models with one id, and keeps the backend's order", () => {
    const catalog = catalogOf({ a: [{ id: "z", sizeBytes: 1 }, { id: "b" }, { id: "z", sizeBytes: 2 }] });
    assert.deepEqual(catalog.modelsOf("a"), [{ id: "z", sizeBytes: 1 }, { id: "b" }]);
    assert.equal(catalog.syncInfo("a").count, 2);
  });
});

describe("Catalog.setModelsSliced()", () => {
  const many = (count: number, more: Omit<DiscoveredModel, "id"> = {}) =>
    Array.from({ length: count }, (_, index) => ({ id: `m${index}`, ...more }));

  test("takes a long list over in slices, and never misses what is in both lists", async () => {
    const catalog = catalogOf({ a: many(1800) });
    const seen: string[] = [];
    const changed = await catalog.setModelsSliced("a", many(1600, { sizeBytes: 1 }), NOW + 1, () => {
      seen.push(`${catalog.list().length} ${catalog.list().filter(({ copies }) => copies[0]?.model.sizeBytes).length}`);
      assert.equal(catalog.modelsOf("a").length, 1800);
      return Promise.resolve();
    });
    assert.equal(changed, true);
    assert.deepEqual(seen, ["1800 500", "1800 1000", "1800 1500"]);
    assert.equal(catalog.list().length, 1600);
    assert.equal(catalog.lastSeenAt("a"), NOW + 1);
  });

  test("needs no pause for a short list", async () => {
    const catalog = catalogOf({});
    const pause = () => Promise.reject(new Error("It paused"));
    assert.equal(await catalog.setModelsSliced("a", ids("m"), NOW, pause), true);
    assert.equal(await catalog.setModelsSliced("a", ids("m"), NOW, pause), false);
  });

  const rivals: readonly [what: string, act: (catalog: Catalog) => void, models: number, synced: boolean][] = [
    ["a newer list", (catalog) => catalog.setModels("a", ids("new"), NOW + 1), 1, true],
    ["the endpoint's removal", (catalog) => catalog.removeEndpoint("a"), 0, false],
  ];
  for (const [what, act, models, synced] of rivals) {
    test(`${what} ends it`, async () => {
      const catalog = catalogOf({});
      let pauses = 0;
      await catalog.setModelsSliced("a", many(1800), NOW, () => {
        if (++pauses === 2) act(catalog);
        return Promise.resolve();
      });
      assert.equal(pauses, 2);
      assert.equal(catalog.list().length, models);
      assert.equal(catalog.isSynced("a"), synced);
    });
  }
});

describe("Catalog.dropStale()", () => {
  test("drops the models of endpoints whose last list is too old, until they list them again", () => {
    const catalog = catalogOf({ a: ids("m"), b: ids("m", "n") });
    catalog.setModels("a", ids("m"), NOW + 500);
    const { version } = catalog;
    assert.deepEqual(catalog.dropStale(NOW + 1000, 1000), []);
    assert.equal(catalog.version, version);
    assert.deepEqual(catalog.dropStale(NOW + 1001, 1000), ["b"]);
    assert.ok(catalog.version > version);
    assert.deepEqual(showEntries(catalog), ["m @ a=m"]);
    assert.deepEqual([catalog.isSynced("a"), catalog.isSynced("b")], [true, false]);
    assert.equal(catalog.lastSeenAt("b"), NOW);
    assert.deepEqual(catalog.dropStale(NOW + 1001, 1000), [], "once");
    assert.equal(catalog.setModels("b", ids("n"), NOW + 2000), true);
    assert.equal(catalog.isSynced("b"), true);
    assert.deepEqual(showEntries(catalog), ["m @ a=m", "n @ b=n"]);
  });

  test("leaves alone what never gave a list", () => {
    const catalog = catalogOf({});
    catalog.setError("a", "no");
    assert.deepEqual(catalog.dropStale(NOW, 0), []);
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
    assert.equal(catalog.lastSeenAt("a"), undefined);
    assert.ok(catalog.version > version);
    catalog.removeEndpoint("a");
    assert.equal(catalog.version, version + 1);
  });

  test("knows which endpoints have answered at all", () => {
    const catalog = catalogOf({});
    assert.equal(catalog.isSynced("a"), false);
    catalog.setError("a", "no");
    assert.equal(catalog.isSynced("a"), false);
    assert.deepEqual(catalog.syncInfo("a"), { count: 0, lastSyncAt: undefined, error: "no" });
    catalog.setModels("a", [], NOW);
    assert.equal(catalog.isSynced("a"), true);
  });

  test("names keep their case and are found in any case", () => {
    const catalog = catalogOf({
      a: [{ id: "Qwen/Qwen3-8B" }, { id: "llama3:latest", aliases: ["llama3"] }, { id: "openai/*" }],
    });
    for (const name of ["qwen/qwen3-8b", "QWEN/QWEN3-8B"]) assert.equal(catalog.find(name)?.id, "Qwen/Qwen3-8B");
    for (const name of ["llama3", "LLAMA3:latest"]) assert.equal(catalog.find(name)?.id, "llama3:latest");
    assert.equal(catalog.find("openai/x"), undefined);
    assert.equal(catalog.find("x"), undefined);
  });

  test("what a reader holds stays as it was, whatever changes meanwhile", () => {
    const catalog = catalogOf({ a: digests({ m: "1", n: "2" }), b: digests({ k: "1" }) });
    const held = [
      catalog.list(),
      catalog.listedNames(),
      catalog.resolve("m"),
      catalog.modelsOf("a"),
      catalog.find("n"),
    ];
    const copy = structuredClone(held);
    catalog.setModels("a", [{ id: "m", digest: "2", contextLength: 1 }, { id: "z" }], NOW + 1);
    catalog.setModels("c", digests({ l: "1" }), NOW + 1);
    catalog.removeEndpoint("b");
    assert.deepEqual(held, copy);
    assert.notDeepEqual(catalog.list(), copy[0]);
    assert.throws(() => Object.assign(catalog.list()[0] ?? {}, { id: "x" }), TypeError);
  });

  test("names close models, and no wildcards", () => {
    const catalog = catalogOf({ a: ids("llama3.1:8b", "llama3.2:3b", "qwen3", "llama3.*") });
    assert.deepEqual(catalog.closest("lama3.1:8b", 3), ["llama3.1:8b", "llama3.2:3b"]);
    assert.deepEqual(catalog.closest("lama3.1:8b", 1), ["llama3.1:8b"]);
    assert.deepEqual(catalog.closest("gpt-4o", 3), []);
  });
});
