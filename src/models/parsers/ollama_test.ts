import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseModelList } from "../parse_list.ts";

function read(...models: unknown[]) {
  return parseModelList("ollama", { models });
}

describe("the parser of Ollama's list", () => {
  test("reads all that /api/tags says", () => {
    const entry = {
      name: "llama3.2:latest",
      model: "llama3.2:latest",
      modified_at: "2024-09-25T10:00:00.5+02:00",
      size: 2019393189,
      digest: "a80c4f17acd5",
      details: {
        parent_model: "",
        format: "gguf",
        family: "llama",
        families: ["llama"],
        parameter_size: "3.2B",
        quantization_level: "Q4_K_M",
      },
    };
    assert.deepEqual(read(entry), [{
      id: "llama3.2:latest",
      aliases: ["llama3.2"],
      sizeBytes: 2019393189,
      digest: "a80c4f17acd5",
      modifiedAt: 1727251200,
      created: 1727251200,
      family: "llama",
      format: "gguf",
      parameterSize: "3.2B",
      quantization: "Q4_K_M",
    }]);
  });

  test("takes a name with and without the tag latest for the same", () => {
    const names = [
      "llama3.2:latest",
      "phi",
      "hf.co/user/model:Q8_0",
      "localhost:5000/me/model",
      ":latest",
      "a/:latest",
    ];
    assert.deepEqual(read(...names.map((name) => ({ name }))), [
      { id: "llama3.2:latest", aliases: ["llama3.2"] },
      { id: "phi", aliases: ["phi:latest"] },
      { id: "hf.co/user/model:Q8_0" },
      { id: "localhost:5000/me/model", aliases: ["localhost:5000/me/model:latest"] },
      { id: ":latest" },
      { id: "a/:latest" },
    ]);
  });

  test("does not take an unset time or size for one", () => {
    assert.deepEqual(read({ name: "m:1b", modified_at: "0001-01-01T00:00:00Z", size: 0, details: null }), [{
      id: "m:1b",
    }]);
  });

  const lacksAllElse = { tools: false, vision: false, reasoning: false, image: false };
  const words: [string, unknown, Record<string, boolean> | undefined][] = [
    ["a chat model", ["completion", "tools"], { ...lacksAllElse, chat: true, completion: true, tools: true }],
    ["a model that sees and thinks", ["completion", "vision", "thinking"], {
      ...lacksAllElse,
      chat: true,
      completion: true,
      vision: true,
      reasoning: true,
    }],
    ["a model for code", ["completion", "insert"], { ...lacksAllElse, chat: true, completion: true, code: true }],
    ["an embedding model", ["embedding"], { ...lacksAllElse, chat: false, completion: false, embeddings: true }],
    ["a model that draws", ["image"], { ...lacksAllElse, chat: false, completion: false, image: true }],
    ["a file that Ollama could not read", ["tools"], { tools: true }],
    ["an older version", undefined, undefined],
    ["an empty list", [], undefined],
    ["words that are not known", ["flying", 7, null], undefined],
    ["no list", "completion", undefined],
  ];
  for (const [what, capabilities, expected] of words) {
    test(`reads the capabilities of ${what}`, () => {
      assert.deepEqual(read({ name: "m:1b", capabilities })[0]?.capabilities, expected);
    });
  }
});
