import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { onlyBuiltInModelFacts } from "../../config/model_facts_load.ts";
import { createTraits } from "../traits/traits.ts";
import type { ListingView } from "./build_view.ts";
import { EVERYWHERE, type ListScope } from "./listed_endpoints.ts";
import { copyState, type ListedLine } from "./listed_model.ts";
import { ModelListing } from "./listing.ts";
import { LISTED_AT, listingWorld, STARTED_S } from "./listing_test_support.ts";

const OLLAMAS: ListScope = { key: "ollama", includes: (profile) => profile?.name === "ollama" };

const ALIASES = { c: ["a"], zed: ["none", "b"] };
const TRAITS = createTraits(onlyBuiltInModelFacts());

function told(lines: readonly ListedLine[]): string[] {
  return lines.map(({ id, model }) =>
    `${id}=${model.names} ${model.copies.map((copy) => `${copy.endpoint.name}/${copy.model.id}:${copyState(copy)}`)}`
  );
}

function toldOf({ models, lines, linesAndAliases }: ListingView) {
  return [models, lines, linesAndAliases].map(told);
}

test("a view after any changes is that of a listing that sees them all for the first time", async () => {
  const digest = fc.constantFrom(undefined, "aa".repeat(32));
  const model = fc.record({ id: fc.constantFrom("a", "A", "b", "c", "d", "e"), digest })
    .map(({ id, digest }) => digest === undefined ? { id } : { id, digest });
  const endpoint = fc.constantFrom("one", "two", "three");
  const change = fc.oneof(
    fc.record({ endpoint, models: fc.array(model, { maxLength: 4 }) }),
    fc.record({ endpoint, loaded: fc.array(fc.constantFrom("a", "b")) }),
    fc.record({ endpoint, kill: fc.constant(true) }),
  );
  const rounds = fc.array(fc.tuple(change, fc.constantFrom(EVERYWHERE, OLLAMAS), fc.boolean()), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(rounds, async (steps) => {
      const world = listingWorld({
        one: { type: "ollama", models: ["a", "b"] },
        two: { type: "vllm", models: [] },
        three: { type: "ollama", models: ["c"] },
      }, ALIASES);
      for (const [what, scope, isRead] of steps) {
        if ("models" in what) world.catalog.setModels(what.endpoint, what.models, LISTED_AT);
        else if ("loaded" in what) world.loaded.set(what.endpoint, what.loaded);
        else world.kill(what.endpoint);
        if (!isRead) continue;
        const fresh = new ModelListing({
          catalog: world.catalog,
          endpoints: () => world.registry.list(),
          loaded: world.loaded,
          aliases: ALIASES,
          ignoredSuffixes: [],
          traitsOf: TRAITS,
          startedAt: STARTED_S,
        });
        assert.deepEqual(toldOf(await world.listing.view(scope, true)), toldOf(await fresh.view(scope, true)));
      }
    }),
    { numRuns: 150 },
  );
});
