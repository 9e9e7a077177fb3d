import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  basePath,
  CATALOGUE_MODELS,
  catalogueNames,
  modelListText,
  modelName,
  readBasePath,
} from "./catalogue_models.ts";

describe("the catalogue of the benchmark", () => {
  test("has no name twice, not even without its punctuation", () => {
    const names = catalogueNames(CATALOGUE_MODELS);
    assert.equal(new Set(names.map((name) => name.replace(/[^a-z0-9]/g, ""))).size, 10_000);
  });

  test("lists on each endpoint what requests ask for", () => {
    const listed = Array.from({ length: 100 }, (_, endpoint) => modelListText({ endpoint, models: 100 }))
      .flatMap((text): string[] => JSON.parse(text).data.map((model: { id: string }) => model.id));
    assert.deepEqual(listed.sort(), catalogueNames(CATALOGUE_MODELS).sort());
  });

  test("asks the first model of each endpoint before any second one", () => {
    assert.deepEqual([0, 1, 100].map((i) => catalogueNames(101)[i]), [
      modelName(0, 0),
      modelName(1, 0),
      modelName(0, 1),
    ]);
  });

  test("can list other models later", () => {
    const ids = JSON.parse(modelListText({ endpoint: 3, models: 2 }, { first: 1 })).data
      .map((model: { id: string }) => model.id);
    assert.deepEqual(ids, [modelName(3, 1), modelName(3, 2)]);
  });
});

describe("readBasePath", () => {
  test("reads what basePath wrote, and what follows it", () => {
    const part = { endpoint: 17, models: 100 };
    assert.deepEqual(readBasePath(`${basePath(part)}/v1/models`), { part, rest: "/v1/models" });
  });

  for (const path of ["/v1/models", "/catalogue/17x100", "/catalogue/x/v1/models", "/catalogue/1x1000000/health"]) {
    test(`does not take ${path} for one`, () => assert.equal(readBasePath(path), undefined));
  }
});
