import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseModelList } from "../parse_list.ts";

function read(...ids: string[]) {
  const data = ids.map((id) => ({ id, object: "model", created: 1742816981, owned_by: "docker" }));
  return parseModelList("docker-model-runner", { object: "list", data });
}

describe("the parser of Docker Model Runner's list", () => {
  test("reads a model, of which the list does not say whether it is in memory", () => {
    assert.deepEqual(read("ai/smollm2"), [
      { id: "ai/smollm2", aliases: ["ai/smollm2:latest"], created: 1742816981, format: "gguf" },
    ]);
  });

  const names: [string, string[] | undefined][] = [
    ["ai/smollm2:latest", ["ai/smollm2"]],
    ["docker.io/ai/smollm2:latest", ["ai/smollm2:latest", "ai/smollm2"]],
    ["docker.io/ai/smollm2:360M-Q4_K_M", ["ai/smollm2:360M-Q4_K_M"]],
    ["ai/smollm2:360M-Q4_K_M", undefined],
    ["hf.co/org/model", ["hf.co/org/model:latest"]],
    ["localhost:5000/me/model", ["localhost:5000/me/model:latest"]],
    ["sha256:0a1b", undefined],
    ["docker.io/", undefined],
    [":latest", undefined],
  ];
  for (const [id, aliases] of names) {
    test(`knows the other names of "${id}"`, () => {
      assert.deepEqual(read(id)[0]?.aliases, aliases);
    });
  }
});
