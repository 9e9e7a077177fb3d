/**
 * Measures olla's catalogue and routing without the rest of olla, a process of its own so that nothing else runs beside
 * them: what a discovery update costs the event loop, and how long the list of candidates for a model takes. Started by
 * the `catalogue` scenario, which it answers over the process channel; ends when that ends.
 *
 * @module
 */
import process from "node:process";
import { CATALOGUE_ENDPOINTS, CATALOGUE_MODELS, MODELS_PER_ENDPOINT } from "./catalogue_models.ts";
import { compareLookups } from "./in_process/lookup.ts";
import { measureLists } from "./in_process/lists.ts";
import { measureUpdate } from "./in_process/update.ts";
import { median } from "./statistics.ts";
import type { Failed, InProcessFigures, MeasureInProcess, Ready } from "./messages.ts";

/** Models of the two catalogues in which look-ups are compared. */
const COMPARED = { small: 10, large: CATALOGUE_MODELS };
const LOOKUPS = { batches: 7, again: 5000, fresh: 500 };

const now = (): number => performance.now();

/** One round. What the round before left is collected first, so that it is not paid for here. */
async function measure(): Promise<InProcessFigures> {
  const collect = (): void => Bun.gc(true);
  collect();
  const { fill, change, same } = await measureUpdate({
    endpoints: CATALOGUE_ENDPOINTS,
    models: MODELS_PER_ENDPOINT,
  }, now);
  collect();
  const one = await measureUpdate({ endpoints: 1, models: CATALOGUE_MODELS }, now);
  collect();
  const lists = await measureLists({ endpoints: CATALOGUE_ENDPOINTS, models: MODELS_PER_ENDPOINT }, now);
  collect();
  const { small, large } = compareLookups(COMPARED, LOOKUPS, now);
  return {
    kind: "in_process_figures",
    figures: {
      fill_ms: fill.total,
      fill_slice_ms: fill.longest,
      change_ms: change.total,
      change_slice_ms: change.longest,
      same_ms: same.total,
      same_slice_ms: same.longest,
      one_change_ms: one.change.total,
      one_change_slice_ms: one.change.longest,
      first_list_ms: lists.first.total,
      first_list_slice_ms: lists.first.longest,
      next_list_ms: median(lists.changed.map(({ total }) => total)) ?? Number.NaN,
      unified_ms: lists.unified.total,
      unified_slice_ms: lists.unified.longest,
      again_small_ns: small.again,
      again_ns: large.again,
      again_ratio: large.again / small.again,
      fresh_small_ns: small.fresh,
      fresh_ns: large.fresh,
      fresh_ratio: large.fresh / small.fresh,
    },
  };
}

process.on("message", async (_message: MeasureInProcess) => {
  let answer: InProcessFigures | Failed;
  try {
    answer = await measure();
  } catch (error) {
    answer = { kind: "failed", message: error instanceof Error ? error.message : String(error) };
  }
  process.send?.(answer);
});
process.on("disconnect", () => process.exit(0));
process.send?.({ kind: "ready" } satisfies Ready);
