import { setImmediate as nextTurn } from "node:timers/promises";
import { Catalog } from "../../src/models/catalog/catalog.ts";
import { readModelList } from "../../src/models/discovery/read_list.ts";
import { endpointName, modelListText, modelName } from "../catalogue_models.ts";
import { measureSlices, type Slices } from "./slices.ts";

/** Longer lists go into the catalogue in slices, as discovery has it. */
const LONG_LIST = 1000;

/** What discovery costs the event loop. */
export interface UpdateFigures {
  /** The first lists of a new catalogue. */
  readonly fill: Slices;
  /** Every list has one model that is new and lacks one that was there. */
  readonly change: Slices;
  /** The same lists again, but for the times in them. */
  readonly same: Slices;
}

/**
 * Has a new catalogue take in the lists of so many endpoints, thrice. Each is followed by the first look-up after it, and
 * the last by the list of all models, in turns of their own as other requests have them: what the catalogue puts off until
 * it is asked must be paid for here.
 *
 * @throws when the catalogue does not hold what was listed
 */
export async function measureUpdate(
  { endpoints, models }: { readonly endpoints: number; readonly models: number },
  now: () => number,
): Promise<UpdateFigures> {
  const catalog = new Catalog({ joinByDigest: true });
  const takeIn = (first: number, created: number): Promise<Slices> => {
    const lists = Array.from({ length: endpoints }, (_, endpoint) => ({
      endpoint,
      text: modelListText({ endpoint, models }, { first, created }),
      newest: modelName(endpoint, first + models - 1),
    }));
    return measureSlices(async () => {
      for (const { endpoint, text, newest } of lists) {
        await put(catalog, endpointName(endpoint), text, created * 1000);
        await nextTurn();
        if (catalog.resolve(newest) === undefined) throw new Error(`The catalogue does not know "${newest}"`);
        await nextTurn();
      }
      const { length } = catalog.list();
      if (length !== endpoints * models) {
        throw new Error(`The catalogue lists ${length} of ${endpoints * models} models`);
      }
    }, now);
  };
  const fill = await takeIn(0, 1_700_000_000);
  const change = await takeIn(1, 1_700_000_100);
  const same = await takeIn(1, 1_700_000_200);
  return { fill, change, same };
}

/** One answer of a backend, from its text to its place in the catalogue. */
async function put(catalog: Catalog, endpoint: string, text: string, now: number): Promise<void> {
  const models = await readModelList("vllm", JSON.parse(text));
  if (models.length <= LONG_LIST) catalog.setModels(endpoint, models, now);
  else await catalog.setModelsSliced(endpoint, models, now, nextTurn);
}
