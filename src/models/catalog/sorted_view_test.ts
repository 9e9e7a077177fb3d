import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { SortedView } from "./sorted_view.ts";

interface Item {
  readonly key: string;
}

test("a sorted view is what sorting everything would give, whatever comes and goes between two reads", () => {
  const step = fc.tuple(
    fc.constantFrom("add", "remove", "replace", "overtake", "read"),
    fc.constantFrom("a", "A", "b", "b:1", "z"),
  );
  fc.assert(fc.property(fc.array(step), (steps) => {
    const view = new SortedView<Item>((item) => item.key);
    const present = new Map<string, Item>();
    const handedOut: { list: readonly Item[]; copy: readonly Item[] }[] = [];
    for (const [what, key] of steps) {
      const before = present.get(key);
      if (what === "read") handedOut.push({ list: view.list(), copy: [...view.list()] });
      if (before !== undefined && (what === "remove" || what === "replace")) {
        view.remove(before);
        present.delete(key);
      }
      if (before !== undefined && what === "overtake") {
        const item = { key };
        view.add(item);
        view.remove(before);
        present.set(key, item);
      }
      if (what === "replace" || (what === "add" && before === undefined)) {
        const item = { key };
        view.add(item);
        present.set(key, item);
      }
    }
    const expected = [...present.values()].sort((a, b) => a.key < b.key ? -1 : 1);
    const list = view.list();
    assert.equal(list.length, expected.length);
    expected.forEach((item, index) => assert.equal(list[index], item, "the very item, not another of its key"));
    assert.equal(view.list(), list, "the same array while nothing changes");
    for (const { list, copy } of handedOut) assert.deepEqual(list, copy);
  }));
});
