import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { DiscoveredModel } from "../model.ts";
import { sameModel } from "./same_model.ts";

describe("sameModel()", () => {
  const cases: readonly [
    what: string,
    a: Omit<DiscoveredModel, "id">,
    b: Omit<DiscoveredModel, "id">,
    same: boolean,
  ][] = [
    ["equal fields", { family: "llama", sizeBytes: 1 }, { sizeBytes: 1, family: "llama" }, true],
    ["another size", { sizeBytes: 1 }, { sizeBytes: 2 }, false],
    ["a field more", {}, { loaded: false }, false],
    ["a field less", { loaded: false }, {}, false],
    ["another time only", { created: 1, modifiedAt: 1 }, { created: 2 }, true],
    ["equal aliases", { aliases: ["a", "b"] }, { aliases: ["a", "b"] }, true],
    ["other aliases", { aliases: ["a"] }, { aliases: ["b"] }, false],
    ["an alias more", { aliases: ["a"] }, { aliases: ["a", "b"] }, false],
    ["equal capabilities", { capabilities: { chat: true, tools: false } }, {
      capabilities: { tools: false, chat: true },
    }, true],
    ["another capability", { capabilities: { tools: false } }, { capabilities: { tools: true } }, false],
    ["a capability less", { capabilities: { tools: false } }, { capabilities: {} }, false],
  ];
  for (const [what, a, b, same] of cases) {
    test(`${what}: ${same ? "the same" : "not the same"}`, () => {
      assert.equal(sameModel({ id: "m", ...a }, { id: "m", ...b }), same);
      assert.equal(sameModel({ id: "m", ...b }, { id: "m", ...a }), same);
    });
  }
});
