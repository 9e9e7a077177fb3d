import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { catalogOf, digests, ids, type Lists, NOW, ollama, show } from "./catalog_test_support.ts";

type Case = readonly [what: string, lists: Lists, name: string, expected: string | undefined];

function check(cases: readonly Case[]): void {
  for (const [what, lists, name, expected] of cases) {
    test(`finds ${what}`, () => {
      const catalog = catalogOf(lists);
      assert.equal(show(catalog, name), expected);
      assert.equal(show(catalog, name), expected, "the remembered answer is the same");
      const backwards = catalogOf(Object.fromEntries(Object.entries(lists).toReversed()));
      assert.equal(show(backwards, name), expected, "the same whoever answers first");
    });
  }
}

describe("Catalog.resolve(), by name", () => {
  check([
    ["an exact id", { a: ids("m"), b: ids("n") }, "m", "m: a=m"],
    ["all endpoints with the id, sorted", { b: ids("m"), a: ids("m") }, "m", "m: a=m b=m"],
    ["nothing for an unknown name", { a: ids("m") }, "x", undefined],
    ["nothing for an empty name", { a: ids("m", "*") }, "", undefined],
    ["nothing for what every object has", { a: ids("m") }, "constructor", undefined],
    [
      "every endpoint, each by its own spelling",
      { a: ids("Llama"), b: ids("llama") },
      "llama",
      "Llama: a=Llama b=llama",
    ],
    ["a name in any case", { a: ids("Qwen/Qwen3-8B") }, "qwen/QWEN3-8b", "Qwen/Qwen3-8B: a=Qwen/Qwen3-8B"],
    ["the exact one of an endpoint's two spellings", { a: ids("Llama", "llama") }, "llama", "Llama: a=llama"],
    [
      "the first of an endpoint's two spellings when neither is exact",
      { a: ids("llama", "Llama") },
      "LLAMA",
      "Llama: a=Llama",
    ],
  ]);
});

describe("Catalog.resolve(), by what servers accept", () => {
  const aliased = (id: string, ...aliases: string[]) => ({ id, aliases });
  check([
    ["Ollama's name without its tag", { a: ollama("llama3:latest") }, "llama3", "llama3:latest: a=llama3"],
    ["Ollama's name with its tag", { a: ollama("llama3:latest") }, "llama3:latest", "llama3:latest: a=llama3:latest"],
    ["Ollama's name in another case", { a: ollama("llama3:latest") }, "LLama3", "llama3:latest: a=llama3"],
    ["not another tag", { a: ollama("llama3:latest") }, "llama3:8b", undefined],
    [
      "Ollama beside a server that has the plain name",
      { b: ids("llama3"), a: ollama("llama3:latest") },
      "llama3",
      "llama3: a=llama3 b=llama3",
    ],
    [
      "the plain name where the tagged one is asked for",
      { b: ids("llama3"), a: ollama("llama3:latest") },
      "llama3:latest",
      "llama3: a=llama3:latest b=llama3",
    ],
    ["nothing for a tag that no server said is the plain name", { b: ids("llama3") }, "llama3:latest", undefined],
    ["a plain name whose server takes the tag too", { a: [aliased("x", "x:latest")] }, "X:latest", "x: a=x:latest"],
    ["an exact id before an alias on the same endpoint", { a: [aliased("x", "y"), { id: "y" }] }, "y", "y: a=y"],
    ["an id on one endpoint and an alias on another", { a: [aliased("x", "y")], b: ids("y") }, "y", "y: a=y b=y"],
    ["an exact alias before an id in another case", { a: [aliased("x", "Y"), { id: "y" }] }, "Y", "x: a=Y"],
    [
      "an id in another case before an alias in another case",
      { a: [aliased("x", "YA"), { id: "ya" }] },
      "Ya",
      "ya: a=ya",
    ],
    ["an alias in another case, spelt as the server spells it", { a: [aliased("x", "Fast")] }, "FAST", "x: a=Fast"],
    [
      "an alias that two endpoints use for different models",
      { b: [aliased("m2", "fast")], a: [aliased("m1", "fast")] },
      "fast",
      "m1: a=fast b=fast",
    ],
  ]);

  test("an alias shared by two models does not join them", () => {
    const catalog = catalogOf({ a: [aliased("m1", "fast")], b: [aliased("m2", "fast")] });
    assert.equal(show(catalog, "m1"), "m1: a=m1");
    assert.equal(show(catalog, "m2"), "m2: b=m2");
  });
});

describe("Catalog.resolve(), by digest", () => {
  const same: Lists = { a: digests({ "gpt-oss:120b": "1" }), b: digests({ "my-oss": "1" }) };
  check([
    ["the same digest under another name", same, "gpt-oss:120b", "gpt-oss:120b: a=gpt-oss:120b b=my-oss"],
    ["it by the other name", same, "MY-oss", "gpt-oss:120b: a=gpt-oss:120b b=my-oss"],
    ["the asked one of an endpoint's two tags", { a: digests({ "m:1": "1", "m:2": "1" }) }, "m:2", "m:1: a=m:2"],
    [
      "no third name through two digests under one name",
      { a: digests({ m: "1" }), b: digests({ m: "2" }), c: digests({ n: "2" }), d: digests({ o: "1" }) },
      "n",
      "n: b=m c=n",
    ],
    [
      "the copies with its digest where another of its name has a different one",
      { a: digests({ m: "1" }), b: digests({ m: "2" }), c: digests({ n: "2" }) },
      "n",
      "n: b=m c=n",
    ],
    [
      "another name of a copy's digest, although a copy of the name tells no digest",
      { a: digests({ m: "1" }), b: ids("m"), c: digests({ n: "1" }) },
      "m",
      "m: a=m b=m c=n",
    ],
    [
      "the copy of that digest only, by the other name",
      { a: digests({ m: "1" }), b: ids("m"), c: digests({ n: "1" }) },
      "n",
      "n: a=m c=n",
    ],
    [
      "its own name on a server before another of the same digest",
      { a: digests({ m: "1", k: "2" }), b: digests({ m: "2" }), c: digests({ k: "1" }) },
      "k",
      "k: a=k b=m c=k",
    ],
    ["nothing through empty digests", { a: digests({ m: "" }), b: digests({ n: "" }) }, "m", "m: a=m"],
    [
      "Ollama's short name under another name elsewhere",
      {
        a: [{ id: "x:latest", aliases: ["x"], digest: "1" }],
        b: digests({ copy: "1" }),
      },
      "x",
      "copy: a=x b=copy",
    ],
    [
      "no other name through a server-side alias",
      {
        a: [{ id: "m", aliases: ["fast"], digest: "1" }],
        b: digests({ n: "1" }),
      },
      "fast",
      "m: a=fast",
    ],
  ]);

  test("joinByDigest: false joins by name only", () => {
    const catalog = catalogOf(same, { joinByDigest: false });
    assert.equal(show(catalog, "gpt-oss:120b"), "gpt-oss:120b: a=gpt-oss:120b");
    assert.equal(show(catalog, "my-oss"), "my-oss: b=my-oss");
  });
});

describe("Catalog.resolve(), by wildcard", () => {
  check([
    [
      "a wildcard, by the name that was asked for",
      { a: ids("openai/*") },
      "openai/gpt-9",
      "openai/gpt-9: a=openai/gpt-9?",
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
    ["an alias before a wildcard", { a: ids("*"), b: [{ id: "m", aliases: ["n"] }] }, "N", "m: b=n"],
    [
      "the most specific wildcard",
      { a: ids("*"), b: ids("openai/*"), c: ids("openai/gpt-*") },
      "openai/gpt-9",
      "openai/gpt-9: c=openai/gpt-9?",
    ],
    ["the catch-all", { a: ids("*"), b: ids("openai/*") }, "mine", "mine: a=mine?"],
    [
      "all endpoints with the same wildcard",
      { b: ids("openai/*"), a: ids("openai/*") },
      "openai/x",
      "openai/x: a=openai/x? b=openai/x?",
    ],
    [
      "a star in the middle",
      { a: ids("openai/*-mini") },
      "openai/gpt-5-mini",
      "openai/gpt-5-mini: a=openai/gpt-5-mini?",
    ],
    [
      "two stars",
      { a: ids("bedrock/*.claude-*") },
      "bedrock/us.claude-4",
      "bedrock/us.claude-4: a=bedrock/us.claude-4?",
    ],
    [
      "nothing where the part between two stars is missing",
      { a: ids("bedrock/*.claude-*") },
      "bedrock/us.llama",
      undefined,
    ],
    ["nothing for the beginning of a wildcard alone", { a: ids("openai/*") }, "openai/", undefined],
    ["nothing for another provider", { a: ids("openai/*") }, "anthropic/claude", undefined],
  ]);

  test("a wildcard never beats a real model, wherever that is", () => {
    const catalog = catalogOf({
      a: ids("openai/*", "*"),
      b: digests({ "openai/gpt-4": "1" }),
      c: digests({ "gpt-4": "1" }),
    });
    for (const name of ["openai/gpt-4", "OpenAI/GPT-4", "gpt-4"]) {
      assert.equal(show(catalog, name), `gpt-4: b=openai/gpt-4 c=gpt-4`);
    }
  });

  test("a wildcard whose endpoint does not take the name hides no other that covers it", () => {
    const catalog = catalogOf({ a: ids("openai/*"), b: ids("*"), c: ids("openai/*") }, {
      joinByDigest: true,
      takesName: (endpoint, name) => endpoint === "b" || name === `openai/${endpoint}`,
    });
    assert.equal(show(catalog, "openai/x"), "openai/x: b=openai/x?");
    assert.equal(show(catalog, "openai/a"), "openai/a: a=openai/a?");
    catalog.removeEndpoint("b");
    assert.equal(show(catalog, "openai/x"), undefined);
  });

  test("a wildcard that its endpoint drops covers nothing any more", () => {
    const catalog = catalogOf({ a: ids("openai/*"), b: ids("openai/*") });
    catalog.setModels("a", [], NOW);
    assert.equal(show(catalog, "openai/x"), "openai/x: b=openai/x?");
    catalog.removeEndpoint("b");
    assert.equal(show(catalog, "openai/x"), undefined);
  });
});

describe("Catalog.resolve()", () => {
  test("a name is rewritten to the host's own spelling, and the host's model comes with it", () => {
    const model = { id: "Meta-Llama-3", contextLength: 4096 };
    const host = catalogOf({ a: [model] }).resolve("meta-llama-3")?.hosts.get("a");
    assert.deepEqual(host, { name: "Meta-Llama-3", model });
  });

  test("two types that host one name both keep it", () => {
    const catalog = catalogOf({ lmstudio: [{ id: "m", type: "llm" }], ollama: [{ id: "m", digest: "1" }] });
    assert.equal(show(catalog, "m"), "m: lmstudio=m ollama=m");
    assert.deepEqual(catalog.list()[0]?.copies.map((copy) => copy.endpoint), ["lmstudio", "ollama"]);
  });

  test("gives the same object until something changes", () => {
    const catalog = catalogOf({ a: ids("Llama", "openai/*") });
    for (const name of ["Llama", "llama", "openai/x", "none"]) {
      assert.equal(catalog.resolve(name), catalog.resolve(name));
    }
    const before = catalog.resolve("llama");
    catalog.setModels("b", ids("llama"), NOW);
    assert.notEqual(catalog.resolve("llama"), before);
    assert.equal(show(catalog, "llama"), "Llama: a=Llama b=llama");
  });

  test("answers for names of any length", () => {
    assert.equal(show(catalogOf({ a: ids("*") }), "x".repeat(100_000))?.endsWith("x?"), true);
  });

  test("keeps answering rightly when more names were asked for than it remembers", () => {
    const catalog = catalogOf({ a: ids("m") });
    for (let i = 0; i < 10_000; i++) assert.equal(catalog.resolve(`unknown-${i}`), undefined);
    assert.equal(show(catalog, "M"), "m: a=m");
  });
});
