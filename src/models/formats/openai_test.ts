import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Catalog } from "../catalog.ts";
import { openAiListJson, openAiModel, toOpenAiList } from "./openai.ts";

const NOW = 1_700_000_000_000;

function twoEndpoints(): Catalog {
  const catalog = new Catalog();
  catalog.setModels("b", [{ id: "z", created: 1_650_000_000, ownedBy: "meta" }, { id: "m" }], NOW);
  catalog.setModels("a", [{ id: "a/b" }], NOW);
  return catalog;
}

describe("openAiListJson()", () => {
  test("lists what the given endpoints serve, sorted, as OpenAI does", () => {
    assert.deepEqual(JSON.parse(openAiListJson(twoEndpoints(), new Set(["a", "b"]))), {
      object: "list",
      data: [
        { id: "a/b", object: "model", created: 1_700_000_000, owned_by: "olla" },
        { id: "m", object: "model", created: 1_700_000_000, owned_by: "olla" },
        { id: "z", object: "model", created: 1_650_000_000, owned_by: "meta" },
      ],
    });
  });

  test("is an empty list for endpoints without models", () => {
    assert.equal(openAiListJson(twoEndpoints(), new Set(["c"])), '{"object":"list","data":[]}');
    assert.equal(openAiListJson(new Catalog(), new Set()), '{"object":"list","data":[]}');
  });

  test("follows the catalogue and the set of endpoints, and two catalogues do not mix", () => {
    const catalog = twoEndpoints();
    const names = (endpoints: string[]) => toIds(openAiListJson(catalog, new Set(endpoints)));
    assert.deepEqual(names(["a"]), ["a/b"]);
    assert.deepEqual(names(["b"]), ["m", "z"]);
    catalog.setModels("a", [{ id: "new" }], NOW);
    assert.deepEqual(names(["a"]), ["new"]);
    assert.deepEqual(names(["a", "b"]), ["m", "new", "z"]);
    assert.deepEqual(toIds(openAiListJson(new Catalog(), new Set(["a"]))), []);
  });

  test("stays right when there are more sets than are kept", () => {
    const catalog = twoEndpoints();
    for (let i = 0; i < 200; i++) {
      assert.deepEqual(toIds(openAiListJson(catalog, new Set([`x${i}`, "a"]))), ["a/b"]);
    }
  });
});

test("toOpenAiList() and openAiModel() make the same entry", () => {
  const [entry] = twoEndpoints().list();
  assert.ok(entry);
  assert.deepEqual(toOpenAiList([entry]).data, [openAiModel(entry)]);
});

function toIds(json: string): string[] {
  return JSON.parse(json).data.map((model: { id: string }) => model.id);
}
