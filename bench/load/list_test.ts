import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { faultOfList } from "./list.ts";

const list = (...ids: string[]): string => JSON.stringify({ object: "list", data: ids.map((id) => ({ id })) });

describe("faultOfList", () => {
  const cases: readonly [story: string, body: string, fault: RegExp | undefined][] = [
    ["accepts as many different models as expected", list("a", "b"), undefined],
    ["refuses a list that is too short", list("a"), /^A list of 1 models, 1 of them different, expected were 2$/],
    ["refuses a list that is too long", list("a", "b", "c"), /^A list of 3 models/],
    ["refuses a model that stands there twice", list("a", "a"), /1 of them different/],
    ["refuses what is no list", '{"error":{}}', /no model list/],
    ["refuses what is cut", list("a", "b").slice(0, -2), /no model list/],
  ];
  for (const [story, body, fault] of cases) {
    test(story, () => {
      const found = faultOfList(body, 2);
      if (fault === undefined) assert.equal(found, undefined);
      else assert.match(found ?? "", fault);
    });
  }
});
