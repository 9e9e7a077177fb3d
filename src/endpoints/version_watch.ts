import type { TimerHandle, Timers } from "../lib/clock.ts";
import { isCandidate } from "./availability.ts";
import { isRoutableWord } from "./health.ts";
import type { Registry } from "./registry.ts";
import type { EndpointEvent, EndpointState } from "./state.ts";

/** A server that is updated quickly is not seen to be away. */
const ASK_EVERY_MS = 10 * 60 * 1000;

/** What the watch works with. */
export interface VersionWatchOptions {
  readonly registry: Registry;
  /** `serverVersion`. Must not reject. */
  readonly ask: (state: EndpointState) => Promise<string | undefined>;
  readonly timers: Timers;
}

/** Keeps the versions of servers up to date: asked when they come into service, and from time to time while they are. */
export class VersionWatch {
  readonly #options: VersionWatchOptions;
  readonly #asking = new Set<EndpointState>();
  #timer: TimerHandle | undefined;

  constructor(options: VersionWatchOptions) {
    this.#options = options;
  }

  /** Begins to ask from time to time. */
  start(): void {
    this.#timer ??= this.#options.timers.start(() => {
      this.#timer = undefined;
      for (const state of this.#options.registry.list()) void this.#ask(state);
      this.start();
    }, ASK_EVERY_MS);
  }

  stop(): void {
    if (this.#timer !== undefined) this.#options.timers.stop(this.#timer);
    this.#timer = undefined;
  }

  /** For `Registry.subscribe`. */
  onEndpointEvent(event: EndpointEvent): void {
    const isNew = event.kind === "type_detected" || (event.kind === "status" && !isRoutableWord(event.from));
    if (isNew) void this.#ask(event.state);
  }

  /** One question at a time for each endpoint. The answer of another kind of server than it now is does not count. */
  async #ask(state: EndpointState): Promise<void> {
    const { profile } = state;
    if (!isCandidate(state) || this.#asking.has(state)) return;
    this.#asking.add(state);
    const version = await this.#options.ask(state);
    this.#asking.delete(state);
    if (state.profile !== profile) return this.#ask(state);
    if (version !== undefined) this.#options.registry.setVersion(state, version);
  }
}
