import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate } from "node:timers";
import { parseModelList } from "../parse_list.ts";
import { listSlices, readModelList } from "./read_list.ts";

function entries(count: number, prefix = "m"): readonly { id: string; name: string }[] {
  return Array.from({ length: count }, (_, index) => ({ id: `${prefix}${index}`, name: `${prefix}${index}` }));
}

describe("readModelList()", () => {
  const answers: readonly [string, string, unknown][] = [
    ["an OpenAI-style list", "openai", { object: "list", data: entries(2300) }],
    ["Ollama's", "ollama", { models: entries(2300) }],
    ["a bare list", "openai", entries(2300)],
    ["llama.cpp's, with two lists", "llamacpp", { models: entries(2300), data: entries(1200, "d") }],
    ["one with a name twice", "openai", { data: [...entries(900), { id: "m5", owned_by: "second" }] }],
    ["a short one", "openai", { data: entries(3) }],
    ["an empty one", "ollama", { models: null }],
  ];
  for (const [what, format, json] of answers) {
    test(`reads ${what} as in one go`, async () => {
      assert.deepEqual(await readModelList(format, json), parseModelList(format, json));
    });
  }

  test("lets other work in between", async () => {
    let turns = 0;
    let done = false;
    const turn = () => {
      turns++;
      if (!done) setImmediate(turn);
    };
    setImmediate(turn);
    await readModelList("openai", { data: entries(5000) });
    done = true;
    assert.ok(turns >= 5, `${turns} turns`);
  });

  test("throws where there is no list", async () => {
    await assert.rejects(readModelList("openai", { ok: true }), /no model list/);
  });
});

test("slices hold every entry once, in order", () => {
  for (const json of [entries(7), { data: entries(7) }, { models: entries(7), more: 1 }]) {
    const slices = listSlices(json, 3).map((slice) => parseModelList("openai", slice).map(({ id }) => id));
    assert.deepEqual(slices, [["m0", "m1", "m2"], ["m3", "m4", "m5"], ["m6"]]);
  }
});
