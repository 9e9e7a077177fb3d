import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parse } from "yaml";
import { catalogOf, digests, ids, type Lists } from "../catalog/catalog_test_support.ts";
import { aliasLine, lookAlikeSentence, lookAlikeYaml } from "./look_alike_text.ts";
import { findLookAlikes, type ModelAliases } from "./look_alikes.ts";

function find(lists: Lists, aliases: ModelAliases = {}) {
  return findLookAlikes(catalogOf(lists).list(), aliases);
}

describe("findLookAlikes()", () => {
  const cases: readonly [what: string, lists: Lists, aliases: ModelAliases, lines: readonly string[]][] = [
    ["names one model of two servers", { mac: ids("gpt-oss:120b"), gpu: ids("gpt-oss-120b") }, {}, [
      'gpt-oss-120b: ["gpt-oss:120b", "gpt-oss-120b"]',
    ]],
    [
      "names one model of four",
      {
        a: ids("gpt-oss:120b"),
        b: ids("gpt-oss-120b"),
        c: ids("openai/gpt-oss-120b"),
        d: ids("gpt-oss-120b-mxfp4.gguf"),
      },
      {},
      ['gpt-oss-120b: ["gpt-oss-120b-mxfp4.gguf", "gpt-oss:120b", "openai/gpt-oss-120b", "gpt-oss-120b"]'],
    ],
    ["finds several, sorted", { a: ids("z:1b", "b:1b"), b: ids("z-1b", "b-1b") }, {}, [
      'b-1b: ["b:1b", "b-1b"]',
      'z-1b: ["z:1b", "z-1b"]',
    ]],
    ["is silent about names that the catalogue joins", { a: ids("Qwen3-8B"), b: ids("qwen3-8b") }, {}, []],
    ["is silent about names that a digest joins", { a: digests({ "m:1b": "1" }), b: digests({ "m-1b": "1" }) }, {}, []],
    ["is silent about sizes", { a: ids("llama3.1:8b"), b: ids("llama3.1:70b") }, {}, []],
    ["is silent about one endpoint's own names", { a: ids("m:1b", "m-1b") }, {}, []],
    ["is silent where every endpoint has every name", { a: ids("m-1b", "x/m-1b"), b: ids("m-1b", "x/m-1b") }, {}, []],
    ["is silent about an alias that joins them", { a: ids("m:1b"), b: ids("m-1b") }, { mine: ["M:1b", "m-1b"] }, []],
    [
      "is silent about an alias of the name of one of them",
      { a: ids("m:1b"), b: ids("m-1b") },
      { "m-1b": ["m:1b"] },
      [],
    ],
    [
      "is silent where aliases join all of them in a chain",
      {
        a: ids("m:1b"),
        b: ids("m-1b"),
        c: ids("x/m-1b"),
      },
      { one: ["m:1b", "m-1b"], two: ["m-1b", "x/m-1b"] },
      [],
    ],
    ["extends an alias that leaves one out", { a: ids("m:1b"), b: ids("m-1b"), c: ids("x/m-1b") }, {
      mine: ["m-1b", "m:1b"],
    }, ['mine: ["m-1b", "m:1b", "x/m-1b"]']],
    ["leaves an alias over other models alone", { a: ids("m:1b", "other"), b: ids("m-1b") }, {
      assistant: ["m:1b", "other"],
    }, ['m-1b: ["m:1b", "m-1b"]']],
    ["joins a name without a quantisation to the only one there is", { a: ids("m:1b"), b: ids("m-1b-fp8") }, {}, [
      'm-1b: ["m-1b-fp8", "m:1b"]',
    ]],
    ["keeps quantisations apart that differ", { a: ids("m:1b-q4_0"), b: ids("m:1b-q8_0"), c: ids("m-1b") }, {}, []],
    [
      "joins equal quantisations where there are several",
      {
        a: ids("m:1b-q4_K_M", "m:1b-q8_0"),
        b: ids("m-1b-Q4_K_M.gguf"),
        c: ids("m-1b"),
      },
      {},
      ['m-1b-q4km: ["m-1b-Q4_K_M.gguf", "m:1b-q4_K_M"]'],
    ],
    ["takes no name that an alias has already", { a: ids("m:1b"), b: ids("m_1b") }, { "m-1b": ["z"] }, [
      'm_1b: ["m:1b", "m_1b"]',
    ]],
    [
      "takes the name of no alias that exists in another case, even where a model has it",
      { a: ids("m:1b"), b: ids("m-1b") },
      { "M-1B": ["z"] },
      ['m-1b-2: ["m-1b", "m:1b"]'],
    ],
    ["numbers a name when all others are taken", { a: ids("m:1b", "n"), b: ids("y/m-1b") }, { "m-1b": ["n"] }, [
      'm-1b-2: ["m:1b", "y/m-1b"]',
    ]],
    [
      "names a spelling once that two endpoints write in two cases",
      { a: ids("m:1b"), b: ids("M:1b"), c: ids("m-1b") },
      {},
      [
        'm-1b: ["M:1b", "m-1b"]',
      ],
    ],
    ["knows no wildcards", { a: ids("openai/*"), b: ids("*") }, {}, []],
    ["has nothing to say of no models", {}, {}, []],
  ];
  for (const [what, lists, aliases, lines] of cases) {
    test(what, () => assert.deepEqual(find(lists, aliases).map(aliasLine), lines));
  }

  test("a user who adds what it suggests hears no more of it", () => {
    const lists = {
      a: ids("gpt-oss:120b", "yes", "m:1b-q4_0", "null"),
      b: ids("gpt-oss-120b", "x/yes", "m-1b-q4_0", "a/null"),
      c: ids("openai/gpt-oss-120b", "m:1b-q8_0"),
    };
    const found = find(lists);
    assert.equal(found.length, 4);
    const { model_aliases } = parse(lookAlikeYaml(found)) as { model_aliases: ModelAliases };
    assert.deepEqual(model_aliases, Object.fromEntries(found.map(({ alias, targets }) => [alias, targets])));
    assert.deepEqual(find(lists, model_aliases), []);
  });

  test("ten thousand names take no time to speak of", () => {
    const lists = Object.fromEntries(
      Array.from({ length: 100 }, (_, e) => [`e${e}`, ids(...Array.from({ length: 100 }, (_, i) => `o${e}/m-${i}b`))]),
    );
    const entries = catalogOf(lists).list();
    const started = performance.now();
    assert.equal(findLookAlikes(entries, {}).length, 100);
    assert.ok(performance.now() - started < 2000);
  });
});

describe("lookAlikeSentence()", () => {
  test("names each name with its endpoints", () => {
    const [group] = find({ mac: ids("gpt-oss:120b"), gpu1: ids("gpt-oss-120b"), gpu2: ids("gpt-oss-120b") });
    assert.ok(group);
    assert.equal(
      lookAlikeSentence(group),
      '"gpt-oss-120b" (on gpu1 and gpu2) and "gpt-oss:120b" (on mac) look like one model',
    );
  });

  test("counts endpoints where there are many", () => {
    const many = Object.fromEntries([1, 2, 3, 4, 5].map((count) => [`gpu${count}`, ids("m-1b")]));
    const [group] = find({ mac: ids("m:1b"), ...many });
    assert.ok(group);
    assert.match(lookAlikeSentence(group), /^"m-1b" \(on gpu1, gpu2, gpu3 and 2 more\) and "m:1b" \(on mac\) look/);
  });
});

test("lookAlikeYaml() is what the config file needs", () => {
  assert.equal(
    lookAlikeYaml(find({ mac: ids("gpt-oss:120b"), gpu: ids("gpt-oss-120b") })),
    'model_aliases:\n  gpt-oss-120b: ["gpt-oss:120b", "gpt-oss-120b"]',
  );
});
