import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { Catalog } from "./catalog.ts";
import { catalogOf, NOW } from "./catalog_test_support.ts";
import type { DiscoveredModel, ModelCopy, ModelEntry } from "../model.ts";

const ENDPOINTS = ["e1", "e2", "e3"] as const;
const IDS = ["a", "A", "a:latest", "A:latest", "a:latest:latest", "b:latest", "b", "c", "p/x", "p/*", "*"] as const;
const ASKED = [...IDS, "B", "C", "c:latest", "z", "Z", "P/X", "p/y", "q", ""];

const model: fc.Arbitrary<DiscoveredModel> = fc.record({
  id: fc.constantFrom(...IDS),
  aliases: fc.subarray(["a", "A", "a:latest", "b", "B", "z"]),
  digest: fc.constantFrom("1", "2", ""),
  sizeBytes: fc.constantFrom(1, 2),
}, { requiredKeys: ["id"], noNullPrototype: true });
const list = fc.uniqueArray(model, { maxLength: 5, selector: ({ id }) => id });
const endpoint = fc.constantFrom(...ENDPOINTS);
type Step =
  | { readonly kind: "list"; readonly endpoint: string; readonly models: readonly DiscoveredModel[] }
  | { readonly kind: "remove"; readonly endpoint: string }
  | { readonly kind: "stale"; readonly age: number }
  | { readonly kind: "read"; readonly name: string };
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("list" as const), endpoint, models: list }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("remove" as const), endpoint }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("stale" as const), age: fc.integer({ min: 0, max: 6 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("read" as const), name: fc.constantFrom(...ASKED) }) },
);

/** Everything that a catalogue answers, but for times, which tell of the past. */
function answers(catalog: Catalog): unknown {
  const timeless = (entry: ModelEntry | undefined) => entry && { ...entry, created: 0 };
  return {
    entries: catalog.list().map(timeless),
    listed: catalog.listedNames().map(({ name, entry }) => [name, entry.id]),
    resolved: ASKED.map((name) => catalog.resolve(name)),
    found: ASKED.map((name) => timeless(catalog.find(name))),
  };
}

/** Entries by the plain rule: copies of one name, then all whose only digest is the same. */
function plainEntries(copies: readonly ModelCopy[], joinByDigest: boolean): string[][] {
  const real = copies.filter(({ model }) => !model.id.includes("*"));
  const isLatest = (id: string) =>
    id.endsWith(":latest") && !id.endsWith(":latest:latest") &&
    real.some((copy) =>
      copy.model.id.toLowerCase() === id && copy.model.aliases?.some((alias) => `${alias.toLowerCase()}:latest` === id)
    );
  const byName = Map.groupBy(real, ({ model }) => {
    const id = model.id.toLowerCase();
    return isLatest(id) ? id.slice(0, -":latest".length) : id;
  });
  const entries = Map.groupBy(byName, ([name, group]) => {
    const [digest, ...others] = new Set(group.map((copy) => copy.model.digest ?? ""));
    return joinByDigest && digest && others.length === 0 ? `digest ${digest}` : `name ${name}`;
  });
  return [...entries.values()].map((groups) =>
    groups.flatMap(([, group]) => group.map((copy) => `${copy.endpoint} ${copy.model.id}`)).sort()
  ).sort();
}

describe("Catalog, after any changes", () => {
  test("answers as if it had only ever seen the last lists", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), fc.boolean(), (steps, joinByDigest) => {
        const catalog = catalogOf({}, { joinByDigest });
        const lists = new Map<string, { at: number; models: readonly DiscoveredModel[] }>();
        let version = catalog.version;
        steps.forEach((step, at) => {
          const before = JSON.stringify(answers(catalog));
          if (step.kind === "list") {
            const changed = catalog.setModels(step.endpoint, step.models, NOW + at);
            assert.equal(changed, catalog.version !== version);
            lists.set(step.endpoint, { at, models: step.models });
          } else if (step.kind === "remove") {
            catalog.removeEndpoint(step.endpoint);
            lists.delete(step.endpoint);
          } else if (step.kind === "stale") {
            catalog.dropStale(NOW + at, step.age);
            for (const [name, { at: then }] of lists) if (at - then > step.age) lists.delete(name);
          } else catalog.resolve(step.name);
          if (catalog.version === version) assert.equal(JSON.stringify(answers(catalog)), before);
          version = catalog.version;
        });
        const last = Object.fromEntries([...lists].sort().map(([name, { models }]) => [name, models]));
        const fresh = catalogOf(last, { joinByDigest });
        assert.deepEqual(answers(catalog), answers(fresh));
        for (const name of ENDPOINTS) assert.equal(catalog.isSynced(name), lists.has(name));
      }),
      { numRuns: 400 },
    );
  });

  test("joins by the plain rule", () => {
    const lists = fc.dictionary(endpoint, list, { noNullPrototype: true });
    fc.assert(
      fc.property(lists, fc.boolean(), (lists, joinByDigest) => {
        const copies = Object.entries(lists).flatMap(([endpoint, models]) =>
          models.map((model) => ({ endpoint, model }))
        );
        const found = catalogOf(lists, { joinByDigest }).list().map((entry) =>
          entry.copies.map((copy) => `${copy.endpoint} ${copy.model.id}`).sort()
        );
        assert.deepEqual(found.sort(), plainEntries(copies, joinByDigest));
      }),
      { numRuns: 500 },
    );
  });

  test("only names endpoints that have a model or a wildcard of the name, or another copy of such a model", () => {
    fc.assert(
      fc.property(
        fc.dictionary(endpoint, list, { noNullPrototype: true }),
        fc.constantFrom(...ASKED),
        (lists, name) => {
          const catalog = catalogOf(lists);
          const isNamed = ({ id, aliases = [] }: DiscoveredModel) =>
            [id, ...aliases].some((one) => one.toLowerCase() === name.toLowerCase());
          for (const [endpoint, host] of catalog.resolve(name)?.hosts ?? []) {
            const models = catalog.modelsOf(endpoint);
            if (host.model === undefined) assert.ok(models.some(({ id }) => id.includes("*")));
            else {
              assert.ok(models.includes(host.model));
              const all = catalog.list().flatMap((entry) => entry.copies.map(({ model }) => ({ model, entry })));
              const { digest } = host.model;
              const related = all.filter(({ entry }) => entry.copies.some((copy) => isNamed(copy.model)));
              assert.ok(related.some(({ model }) => model === host.model || (!!digest && model.digest === digest)));
              assert.ok([host.model.id, ...host.model.aliases ?? []].includes(host.name), "a name that it accepts");
            }
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  test("names every endpoint that has the digest of a copy of the name", () => {
    fc.assert(
      fc.property(
        fc.dictionary(endpoint, list, { noNullPrototype: true }),
        fc.constantFrom(...ASKED),
        (lists, name) => {
          const catalog = catalogOf(lists);
          const all = Object.entries(lists).flatMap(([endpoint, models]) =>
            models.map((model) => ({ endpoint, ...model }))
          )
            .filter(({ id }) => !id.includes("*"));
          const digests = new Set(
            all.filter(({ id }) => id.toLowerCase() === name.toLowerCase()).map((model) => model.digest),
          );
          const hosts = catalog.resolve(name)?.hosts;
          for (const { endpoint, digest } of all) {
            if (digest && digests.has(digest)) assert.ok(hosts?.has(endpoint));
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  test("lists are sorted by code units, and a listed name leads to its entry", () => {
    fc.assert(fc.property(fc.dictionary(endpoint, list, { noNullPrototype: true }), (lists) => {
      const catalog = catalogOf(lists);
      const keys = catalog.list().map((entry) => entry.id);
      const names = catalog.listedNames().map((listed) => listed.name);
      assert.deepEqual(keys, keys.toSorted());
      assert.deepEqual(names, names.toSorted());
      assert.equal(new Set(names.map((name) => name.toLowerCase())).size, names.length);
      for (const { name, entry } of catalog.listedNames()) assert.ok(entry.names.includes(name));
    }));
  });
});
