import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { ListFormat } from "../formats/list_format.ts";
import type { ListedLine, ListedModel } from "./listed_model.ts";
import { writeList, type WrittenList } from "./written_list.ts";

/** Two lists in one, as llama-server has them; counts what is written. */
function twoLists(written: string[] = []): ListFormat {
  const item = (line: ListedLine) => {
    written.push(line.id);
    return { id: line.id, text: `ü"\\ ${line.id.repeat(3)}` };
  };
  return {
    name: "two",
    head: { object: "list" },
    lists: { models: item, data: ({ id }) => ({ id }) },
    single: item,
    oncePerModel: false,
    showsLoaded: false,
  };
}

function lineOf(id: string): ListedLine {
  return { id, model: {} as ListedModel }; // the format above looks at nothing of it
}

function run(format: ListFormat, lines: readonly ListedLine[], before?: WrittenList): WrittenList {
  const steps = writeList(format, lines, before);
  for (let step = steps.next();; step = steps.next()) if (step.done === true) return step.value;
}

describe("writeList()", () => {
  test("whatever was written before, the text is that of writing all anew", () => {
    const ids = fc.uniqueArray(fc.constantFrom(..."abcdefghij"), { maxLength: 10 });
    const rounds = fc.array(fc.tuple(ids, fc.uniqueArray(fc.constantFrom(..."abcdefghij"))), { maxLength: 5 });
    fc.assert(fc.property(rounds, (steps) => {
      const known = new Map<string, ListedLine>();
      let before: WrittenList | undefined;
      for (const [present, renewed] of steps) {
        for (const id of renewed) known.delete(id);
        const lines = present.toSorted().map((id) => {
          const line = known.get(id) ?? lineOf(id);
          known.set(id, line);
          return line;
        });
        const written = run(twoLists(), lines, before);
        assert.deepEqual(written, run(twoLists(), lines));
        const items = lines.map((line) => twoLists().single(line));
        assert.deepEqual(JSON.parse(written.text), {
          object: "list",
          models: items,
          data: lines.map(({ id }) => ({ id })),
        });
        before = written;
      }
    }));
  });

  test("writes only what is new", () => {
    const lines = ["a", "b", "d"].map(lineOf);
    const before = run(twoLists(), lines);
    const written: string[] = [];
    run(twoLists(written), [...lines.slice(0, 2), lineOf("c"), ...lines.slice(2)], before);
    assert.deepEqual(written, ["c"]);
  });

  test("comes in steps, so that thousands of lines hold up nobody", () => {
    const lines = Array.from({ length: 1000 }, (_, n) => lineOf(String(n).padStart(4, "0")));
    assert.ok([...writeList(twoLists(), lines, undefined)].length > 50);
  });
});
