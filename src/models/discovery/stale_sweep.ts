import { isCandidate } from "../../endpoints/availability.ts";
import type { EndpointState } from "../../endpoints/state.ts";
import type { TimerHandle, Timers } from "../../lib/clock.ts";
import { formatDuration } from "../../lib/durations.ts";
import type { Logger } from "../../lib/logger.ts";
import type { Catalog } from "../catalog/catalog.ts";

/** `model_registry.unification` of the config. Durations in ms. */
export interface StaleSettings {
  /** 0: models are never dropped for their age. */
  readonly stale_threshold: number;
  /** 0: nobody ever looks. */
  readonly cleanup_interval: number;
}

/** What the sweep works with. */
export interface StaleSweepOptions {
  readonly settings: StaleSettings;
  readonly catalog: Catalog;
  /** All endpoints. */
  readonly states: () => readonly EndpointState[];
  readonly timers: Timers;
  /** Epoch ms. */
  readonly now: () => number;
  readonly logger: Logger;
}

/**
 * Drops the models of endpoints that have not given their list for too long, looking at every interval. Those of an
 * endpoint in service stay for as long as the last question for its list went well, however seldom it is asked; for one
 * out of service, the time begins when it went, if that was later than its last list.
 */
export class StaleSweep {
  readonly #options: StaleSweepOptions;
  #timer: TimerHandle | undefined;

  constructor(options: StaleSweepOptions) {
    this.#options = options;
  }

  /** Begins to look, unless the settings say never. */
  start(): void {
    const { settings, timers } = this.#options;
    if (this.#timer !== undefined || settings.stale_threshold === 0 || settings.cleanup_interval === 0) return;
    this.#timer = timers.start(() => this.#sweep(), settings.cleanup_interval);
  }

  stop(): void {
    if (this.#timer !== undefined) this.#options.timers.stop(this.#timer);
    this.#timer = undefined;
  }

  #sweep(): void {
    const { catalog, logger, now, settings, states } = this.#options;
    this.#timer = undefined;
    const byName = new Map(states().map((state) => [state.endpoint.name, state]));
    const wellAt = (name: string) => {
      const state = byName.get(name);
      if (state === undefined) return 0;
      if (!isCandidate(state)) return state.statusSince;
      return catalog.syncInfo(name).error === undefined ? now() : 0;
    };
    for (const endpoint of catalog.dropStale(now(), settings.stale_threshold, wellAt)) {
      const age = formatDuration(settings.stale_threshold);
      logger.info(`The models of endpoint "${endpoint}" are dropped: it has not listed them for ${age}`, { endpoint });
    }
    this.start();
  }
}
