import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { catalogOf, ids, ollama } from "../catalog/catalog_test_support.ts";
import { aliasHints } from "./alias_hints.ts";
import type { ModelAliases } from "./look_alikes.ts";

const catalog = catalogOf({
  mac: ollama("llama3.1:8b", "phi4:latest"),
  gpu: ids("Qwen/Qwen3-8B", "openai/*"),
});

describe("aliasHints()", () => {
  const cases: readonly (readonly [what: string, aliases: ModelAliases, hints: readonly string[]])[] = [
    ["names an alias that nobody has a model for", { fast: ["zzz"] }, [
      'the alias "fast" leads nowhere: no server that answered has "zzz"',
    ]],
    ["names all that such an alias lists, and what was probably meant", { fast: ["llama3.1:8bb", "xyzzy", "zzz"] }, [
      'the alias "fast" leads nowhere: no server that answered has "llama3.1:8bb", "xyzzy" or "zzz"; ' +
      'did you mean "llama3.1:8b"?',
    ]],
    ["is silent when one of the models is there", { fast: ["zzz", "llama3.1:8b"] }, []],
    ["finds models as requests do: in any case, by another name, by a wildcard", {
      a: ["qwen/qwen3-8b"],
      b: ["phi4"],
      c: ["openai/gpt-4o"],
    }, []],
    ["says that an alias does not lead to another alias", { fast: ["llama3.1:8b"], quick: ["fast"] }, [
      'the alias "quick" leads nowhere: no server that answered has "fast"',
    ]],
    ["names an alias that hides a model", { "llama3.1:8b": ["phi4"] }, [
      'the alias "llama3.1:8b" is a model\'s name too: the alias wins, so requests for "llama3.1:8b" never get that model',
    ]],
    ["is silent about an alias that lists the model of its name among others", {
      "llama3.1:8b": ["openai/gpt-4o", "LLAMA3.1:8b"],
    }, []],
    ["is silent about an alias that differs in case from a model, which keeps its own spelling", {
      "LLAMA3.1:8B": ["phi4"],
    }, []],
    ["names an alias that lists itself only", { "llama3.1:8b": ["llama3.1:8b"], ghost: ["Ghost"] }, [
      'the alias "llama3.1:8b" lists itself only, so it changes nothing',
      'the alias "ghost" lists itself only, so it changes nothing',
    ]],
    ["says both of an alias that hides a model and leads nowhere", { "phi4:latest": ["zzz"] }, [
      'the alias "phi4:latest" leads nowhere: no server that answered has "zzz"',
      'the alias "phi4:latest" is a model\'s name too: the alias wins, so requests for "phi4:latest" never get that model',
    ]],
    ["has nothing to say without aliases", {}, []],
  ];
  for (const [what, aliases, hints] of cases) test(what, () => assert.deepEqual(aliasHints(catalog, aliases), hints));
});
