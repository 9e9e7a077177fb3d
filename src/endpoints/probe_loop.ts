import type { ProfileSet } from "../config/profile.ts";
import type { TimerHandle } from "../lib/clock.ts";
import type { BackendClient } from "./ask_backend.ts";
import { nextCheckDelay } from "./check_schedule.ts";
import { checkTimeout } from "./check_timeout.ts";
import { detectType } from "./detect.ts";
import type { EndpointRecord } from "./endpoint_record.ts";
import type { ProbeResult } from "./health.ts";
import { probe } from "./probe.ts";
import { recordOf, type Registry } from "./registry.ts";
import type { EndpointState } from "./state.ts";

/** What the loop works with. `now` of the client is the registry's clock. */
export interface ProbeLoopOptions {
  readonly registry: Registry;
  readonly profiles: ProfileSet;
  readonly client: BackendClient;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
}

/** A timer may fire a little early; what is due within this many ms is done at once instead of in a tick of its own. */
const DUE_SLACK_MS = 5;

/**
 * Checks every endpoint at its interval, one check of each at a time, with a single timer for all. What a check found
 * goes to the registry; nothing waits for it.
 */
export class ProbeLoop {
  readonly #options: ProbeLoopOptions;
  readonly #running = new Map<EndpointRecord, Promise<void>>();
  #stopped: AbortController | undefined;
  #timer: TimerHandle;
  #unsubscribe: (() => void) | undefined;

  constructor(options: ProbeLoopOptions) {
    this.#options = options;
  }

  /** Begins: every endpoint is checked at once, and those that are added later as they come. */
  start(): void {
    if (this.#stopped !== undefined) return;
    this.#stopped = new AbortController();
    this.#unsubscribe = this.#options.registry.subscribe((event) => {
      if (event.kind === "added" || event.kind === "check_wanted") this.#plan();
    });
    this.#tick();
  }

  /** Ends it and gives up the checks under way. Can be started again. */
  stop(): void {
    this.#stopped?.abort();
    this.#stopped = undefined;
    this.#unsubscribe?.();
    this.#options.client.timers.stop(this.#timer);
  }

  /** Checks one endpoint now, or joins the check under way. Resolves when its result is in; never rejects. */
  probeNow(state: EndpointState): Promise<void> {
    const record = recordOf(state);
    const running = this.#running.get(record);
    if (running !== undefined) return running;
    const check = this.#check(record).finally(() => {
      this.#running.delete(record);
      this.#plan();
    });
    this.#running.set(record, check);
    return check;
  }

  #tick(): void {
    const now = this.#options.client.now();
    for (const state of this.#options.registry.list()) {
      if (state.nextCheckAt <= now + DUE_SLACK_MS) void this.probeNow(state);
    }
    this.#plan();
  }

  /** Sets the timer to the next endpoint that is due and not being checked. */
  #plan(): void {
    if (this.#stopped === undefined) return;
    const { registry, client } = this.#options;
    client.timers.stop(this.#timer);
    let next = Infinity;
    for (const state of registry.list()) {
      if (!this.#running.has(recordOf(state))) next = Math.min(next, state.nextCheckAt);
    }
    if (next === Infinity) return;
    this.#timer = client.timers.start(() => this.#tick(), Math.max(0, next - client.now()));
  }

  async #check(record: EndpointRecord): Promise<void> {
    const { registry, client, random } = this.#options;
    const startedAt = client.now();
    const interval = record.endpoint.config.check_interval;
    // Until its result is in. A request that fails meanwhile asks for another check, which must not be lost.
    record.checkWantedAt = Infinity;
    record.nextCheckAt = startedAt + interval;
    const result = await this.#ask(record);
    if (result === undefined) return;
    const now = client.now();
    registry.observe(record, result, startedAt, now);
    const retryAfterMs = result.kind === "answered" ? result.retryAfterMs : undefined;
    const delay = nextCheckDelay({ health: record.health, interval, retryAfterMs, random: random() });
    record.nextCheckAt = Math.min(record.checkWantedAt, now + delay);
  }

  /** The check itself: first what the server is, if that is open, then how it is. Undefined when given up. */
  async #ask(record: EndpointRecord): Promise<ProbeResult | undefined> {
    const { registry, profiles, client } = this.#options;
    const { endpoint } = record;
    const signal = this.#stopped?.signal;
    if (record.profile === undefined || record.typeStale) {
      const timeoutMs = checkTimeout(endpoint, record.profile);
      const detection = await detectType(client, { endpoint, timeoutMs, signal });
      if (detection.kind === "aborted") return undefined;
      if (detection.kind === "none") return detection.result;
      const profile = profiles.byType(detection.type);
      if (profile === undefined) return unusable(detection.type);
      registry.setProfile(record, profile);
    }
    const { profile, healthTargets } = record;
    if (profile === undefined || healthTargets === undefined) return undefined;
    const timeoutMs = checkTimeout(endpoint, profile);
    const outcome = await probe(client, {
      endpoint,
      urls: healthTargets.urls,
      firstUrl: record.healthPath,
      timeoutMs,
      signal,
    });
    if (outcome === undefined) return undefined;
    record.healthPath = outcome.urlIndex;
    return outcome.result;
  }
}

/** Each type that is detected has a profile, unless the config leaves it out. */
function unusable(type: string): ProbeResult {
  const detail = `it is of type ${type}, which proxy.profile_filter leaves out: it is not used`;
  return { kind: "answered", status: 404, latencyMs: 0, loading: false, detail };
}
