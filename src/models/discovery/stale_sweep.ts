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
  readonly timers: Timers;
  /** Epoch ms. */
  readonly now: () => number;
  readonly logger: Logger;
}

/** Drops the models of endpoints that have not given their list for too long, looking at every interval. */
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
    const { catalog, logger, now, settings } = this.#options;
    this.#timer = undefined;
    for (const endpoint of catalog.dropStale(now(), settings.stale_threshold)) {
      const age = formatDuration(settings.stale_threshold);
      logger.info(`The models of endpoint "${endpoint}" are dropped: it has not listed them for ${age}`, { endpoint });
    }
    this.start();
  }
}
