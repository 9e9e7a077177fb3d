import { setImmediate as nextTurn } from "node:timers/promises";
import type { BackendClient } from "../../endpoints/ask_backend.ts";
import type { EndpointState } from "../../endpoints/state.ts";
import type { Logger } from "../../lib/logger.ts";
import { slicesOf } from "../../lib/slices.ts";
import type { Catalog } from "../catalog/catalog.ts";
import type { ListOrigin } from "./fetch_list.ts";
import { compileModelFilter } from "./model_filter.ts";
import { ModelDetails } from "./model_details.ts";
import type { DiscoveredModel } from "../model.ts";

/** What the intake works with. */
export interface ListIntakeOptions {
  /** Where the lists go. */
  readonly catalog: Catalog;
  readonly client: BackendClient;
  /** All endpoints. */
  readonly states: () => readonly EndpointState[];
  readonly logger: Logger;
  /** For each question about details, in ms. */
  readonly detailTimeoutMs: number;
  /** A list is in use. Its models have what is known beside the list. */
  readonly onModels: (state: EndpointState, models: readonly DiscoveredModel[], origin: ListOrigin) => void;
}

/** What is kept of one endpoint. */
interface Intake {
  /**
   * The last list, less what the filter takes out, without what is known beside it. Only while its details are asked for:
   * the catalogue has its own objects for most of it, and two of each would be much memory.
   */
  models: readonly DiscoveredModel[];
  /** Epoch ms when it came. */
  listedAt: number;
  filteredOut: number;
  /** The endpoint's `model_filter`; undefined when it lets everything pass. */
  readonly passes: ((model: DiscoveredModel) => boolean) | undefined;
}

/** Longer lists go into the catalogue in slices. */
const LONG_LIST = 1000;

/**
 * Takes a list in: leaves out what the endpoint's filter does not want, puts the rest to use at once, and has the details
 * asked for, which follow when they come.
 */
export class ListIntake {
  readonly #options: ListIntakeOptions;
  readonly #details: ModelDetails;
  readonly #intakes = new WeakMap<EndpointState, Intake>();

  constructor(options: ListIntakeOptions) {
    this.#options = options;
    const { client, detailTimeoutMs, logger } = options;
    this.#details = new ModelDetails({ client, timeoutMs: detailTimeoutMs, logger });
  }

  /**
   * Resolves when the list is in use, before its details are known. Never rejects.
   *
   * @param signal Ends the questions about details.
   * @returns How many models are in use.
   */
  async take(
    state: EndpointState,
    list: { readonly models: readonly DiscoveredModel[]; readonly origin: ListOrigin },
    signal: AbortSignal,
  ): Promise<number> {
    const intake = this.#intake(state);
    const { passes } = intake;
    intake.models = passes === undefined ? list.models : await passing(list.models, passes);
    intake.listedAt = this.#options.client.now();
    this.#tellFilter(state, intake, list.models.length - intake.models.length);
    const inUse = await this.#put(state, intake);
    const isWanted = () => !signal.aborted && this.#isThere(state);
    if (!isWanted()) return inUse.length;
    this.#options.onModels(state, inUse, list.origin);
    const { models } = intake;
    const details = this.#details.ask(state, models, { signal, isWanted, onNews: () => void this.#put(state, intake) });
    void details.then(() => {
      if (intake.models === models) intake.models = [];
    });
    return inUse.length;
  }

  /** How many models of the endpoint's last list its filter left out. */
  filteredOut(state: EndpointState): number {
    return this.#intakes.get(state)?.filteredOut ?? 0;
  }

  /** Puts the list that is in use now into the catalogue, with what is known by now. What it then has of it. */
  async #put(state: EndpointState, { models, listedAt }: Intake): Promise<readonly DiscoveredModel[]> {
    const { catalog } = this.#options;
    const { name } = state.endpoint;
    const known = this.#details.enrich(state, models);
    if (known.length <= LONG_LIST) catalog.setModels(name, known, listedAt);
    else await catalog.setModelsSliced(name, known, listedAt, nextTurn);
    return catalog.modelsOf(name);
  }

  /** A filter that leaves nothing is nearly always a mistake; said once, until it leaves something again. */
  #tellFilter(state: EndpointState, intake: Intake, filteredOut: number): void {
    const { logger } = this.#options;
    const { name } = state.endpoint;
    const before = intake.filteredOut;
    intake.filteredOut = filteredOut;
    if (filteredOut === before) return;
    if (filteredOut > 0 && intake.models.length === 0) {
      logger.warn(
        `The model_filter of endpoint "${name}" leaves none of its ${filteredOut} models: check its patterns`,
        { endpoint: name },
      );
    } else {logger.debug?.(`The model_filter of endpoint "${name}" leaves out ${filteredOut} models`, {
        endpoint: name,
      });}
  }

  #isThere(state: EndpointState): boolean {
    return this.#options.states().includes(state);
  }

  #intake(state: EndpointState): Intake {
    let intake = this.#intakes.get(state);
    if (intake === undefined) {
      const passes = compileModelFilter(state.endpoint.config.model_filter);
      intake = { models: [], listedAt: 0, filteredOut: 0, passes };
      this.#intakes.set(state, intake);
    }
    return intake;
  }
}

async function passing(
  models: readonly DiscoveredModel[],
  passes: (model: DiscoveredModel) => boolean,
): Promise<readonly DiscoveredModel[]> {
  const left: DiscoveredModel[] = [];
  for await (const slice of slicesOf(models, LONG_LIST)) {
    for (const model of slice) if (passes(model)) left.push(model);
  }
  return left;
}
