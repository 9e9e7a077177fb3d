import { isCandidate } from "../../endpoints/availability.ts";
import type { EndpointState } from "../../endpoints/state.ts";
import type { TimerHandle } from "../../lib/clock.ts";
import { Slots } from "../../lib/slots.ts";
import { fetchModelList, type ListResult } from "./fetch_list.ts";
import { ListIntake, type ListIntakeOptions } from "./list_intake.ts";
import { type StaleSettings, StaleSweep } from "./stale_sweep.ts";

/** `discovery.model_discovery` of the config, as far as it matters here. Durations in ms. */
export interface DiscoverySettings {
  readonly enabled: boolean;
  readonly interval: number;
  readonly timeout: number;
  readonly concurrent_workers: number;
}

/** What the loop works with. Of all endpoints, those in service, or with refused credentials, are asked. */
export interface DiscoveryLoopOptions extends Omit<ListIntakeOptions, "detailTimeoutMs"> {
  readonly settings: DiscoverySettings;
  readonly staleness: StaleSettings;
  /** 0 up to but not including 1. */
  readonly random: () => number;
  /** The endpoint refused our credentials, or the lack of them, with 401 or 403. */
  readonly onAuthFailure: (state: EndpointState, status: number) => void;
}

/** What the loop remembers of an endpoint. */
interface Track {
  running: Promise<void> | undefined;
  /** Whether a request has waited for the question that is on its way, or for the last one. */
  isWaitedFor: boolean;
  /** Epoch ms. */
  askedAt: number;
  dueAt: number;
  /** In a row. */
  failures: number;
  /** Epoch ms until which the questions that unknown names have led to are spread. */
  missesUntil: number;
}

const JITTER = 0.1;
/** In the long run unknown model names ask an endpoint no more often than this. */
const MISS_INTERVAL_MS = 2_000;
/**
 * So often they may ask it in quick succession, so that somebody who tries a name, puts the model there and tries again
 * is never told what was true a moment ago.
 */
const MISS_BURST = 5;
/** Longest that a request for an unknown model waits for the endpoints' answers. */
const MISS_WAIT_MS = 2_000;
/** An endpoint that needs longer for its list no longer counts among those that are asked at once. */
const PATIENCE_MS = 500;
const FIRST_RETRY_MS = 5_000;
const LONGEST_RETRY_MS = 60_000;
/** Longest question about the details of models; they come from memory or from a file's head. */
const DETAIL_TIMEOUT_MS = 10_000;

/**
 * Keeps the catalogue up to date: asks each endpoint when it comes into service, at the interval, and when a request
 * names a model that nobody has. What happens with one endpoint never touches another, and no number of failures
 * switches one off: it is asked again after 5 s, 10 s, … up to a minute.
 */
export class DiscoveryLoop {
  readonly #options: DiscoveryLoopOptions;
  readonly #slots: Slots;
  readonly #intake: ListIntake;
  readonly #sweep: StaleSweep;
  readonly #tracks = new WeakMap<EndpointState, Track>();
  /** Ends what runs when the loop stops. */
  #ending = new AbortController();
  #started = false;
  #timer: TimerHandle | undefined;

  constructor(options: DiscoveryLoopOptions) {
    this.#options = options;
    const { catalog, client, logger, settings, staleness, states } = options;
    this.#slots = new Slots(settings.concurrent_workers);
    this.#intake = new ListIntake({ ...options, detailTimeoutMs: Math.min(settings.timeout, DETAIL_TIMEOUT_MS) });
    const { timers, now } = client;
    this.#sweep = new StaleSweep({ settings: staleness, catalog, states, timers, now, logger });
  }

  /** Begins to ask at the interval. */
  start(): void {
    if (this.#started || !this.#options.settings.enabled) return;
    this.#started = true;
    this.#sweep.start();
    this.#arm();
  }

  /** Ends all questions, also those on their way, and asks none any more until the next `start`. */
  stop(): void {
    this.#started = false;
    this.#disarm();
    this.#sweep.stop();
    this.#ending.abort();
    this.#ending = new AbortController();
  }

  /**
   * Asks an endpoint now; joins the question that is on its way, if there is one. Resolves when its list is in use; the
   * details of its models follow by themselves. Never rejects.
   */
  refresh(state: EndpointState): Promise<void> {
    if (!this.#options.settings.enabled || !isAskable(state)) return Promise.resolve();
    const track = this.#track(state);
    track.running ??= this.#ask(state, track).finally(() => {
      track.running = undefined;
      if (this.#started) this.#arm();
    });
    return track.running;
  }

  /**
   * Asks the endpoints, since a model is wanted that none is known to have; those that were asked in vain often of late are
   * left out, so that made-up names cost them nothing, and so is one that an earlier request has waited for in vain. Resolves as soon as it is found, at the latest when all have
   * answered, or when time is up. Never rejects.
   *
   * @param isFound Whether the model can be placed by now.
   * @param waitMs Longest wait.
   */
  async refreshOnMiss(
    states: readonly EndpointState[],
    { isFound, waitMs = MISS_WAIT_MS }: { readonly isFound: () => boolean; readonly waitMs?: number },
  ): Promise<void> {
    const { client } = this.#options;
    const counted: Track[] = [];
    const questions = states.flatMap((state) => this.#askOnMiss(state, { isFound, counted }) ?? []);
    if (questions.length === 0) return;
    await new Promise<void>((resolve) => {
      const timer = client.timers.start(resolve, waitMs);
      const end = () => {
        client.timers.stop(timer);
        resolve();
      };
      for (const question of questions) void question.then(() => isFound() && end());
      void Promise.all(questions).then(end);
    });
    // It was no made-up name.
    if (isFound()) { for (const track of counted) track.missesUntil -= MISS_INTERVAL_MS; }
  }

  /**
   * Undefined when it is not asked.
   *
   * @param miss.counted Gets the endpoint when the question counts against it.
   */
  #askOnMiss(
    state: EndpointState,
    miss: { readonly isFound: () => boolean; readonly counted: Track[] },
  ): Promise<void> | undefined {
    const track = this.#track(state);
    const { running, askedAt, isWaitedFor } = track;
    if (running !== undefined) {
      const age = this.#options.client.now() - askedAt;
      // A server that hangs holds up one request, not each with a name that nobody knows.
      if (isWaitedFor && age > PATIENCE_MS) return undefined;
      track.isWaitedFor = true;
      if (age === 0) return running;
      // The question that is on its way may be older than the model.
      return running.then(() => miss.isFound() ? undefined : track.running ?? this.#askOnMiss(state, miss));
    }
    if (!isAskable(state) || !mayAskOnMiss(track, this.#options.client.now())) return undefined;
    miss.counted.push(track);
    const question = this.refresh(state);
    track.isWaitedFor = true;
    return question;
  }

  /** Asks an endpoint as soon as two seconds have passed since it was last asked: its list was found to be wrong. */
  refreshSoon(state: EndpointState): void {
    const track = this.#track(state);
    track.dueAt = Math.min(track.dueAt, track.askedAt + MISS_INTERVAL_MS);
    if (this.#started) this.#arm();
  }

  /** How many models of the endpoint's last list its `model_filter` left out. */
  filteredOut(state: EndpointState): number {
    return this.#intake.filteredOut(state);
  }

  #track(state: EndpointState): Track {
    let track = this.#tracks.get(state);
    if (track === undefined) {
      const never = Number.NEGATIVE_INFINITY;
      track = { running: undefined, isWaitedFor: false, askedAt: never, dueAt: never, failures: 0, missesUntil: never };
      this.#tracks.set(state, track);
    }
    return track;
  }

  async #ask(state: EndpointState, track: Track): Promise<void> {
    const { client, settings } = this.#options;
    const { signal } = this.#ending;
    track.askedAt = client.now();
    track.isWaitedFor = false;
    // Not due while it runs.
    track.dueAt = track.askedAt + this.#jittered(settings.interval);
    const result = await this.#slots.run(async (leave): Promise<ListResult> => {
      const { endpoint, profile } = state;
      if (signal.aborted || profile === undefined) return { kind: "aborted" };
      const patience = client.timers.start(leave, PATIENCE_MS);
      const list = await fetchModelList(client, { endpoint, profile, timeoutMs: settings.timeout, signal });
      client.timers.stop(patience);
      return list;
    });
    // An endpoint that was removed meanwhile must not come back through its list.
    if (result.kind === "aborted" || signal.aborted || !this.#options.states().includes(state)) return;
    const before = track.failures;
    track.failures = result.kind === "models" ? 0 : before + 1;
    track.dueAt = client.now() + this.#jittered(this.#pause(track.failures));
    if (result.kind === "models") await this.#takeIn(state, result, { signal, failuresBefore: before });
    else this.#noteFailure(state, result, before);
  }

  async #takeIn(
    state: EndpointState,
    list: ListResult & { kind: "models" },
    { signal, failuresBefore }: { readonly signal: AbortSignal; readonly failuresBefore: number },
  ): Promise<void> {
    const { logger } = this.#options;
    const { name } = state.endpoint;
    const models = await this.#intake.take(state, list, signal);
    if (failuresBefore > 0) logger.info(`Endpoint "${name}" lists its models again`, { endpoint: name, models });
    else logger.debug?.(`Endpoint "${name}" listed its models`, { endpoint: name, models });
  }

  #noteFailure(
    state: EndpointState,
    result: ListResult & { kind: "failed" | "unauthorized" },
    failuresBefore: number,
  ): void {
    const { catalog, logger, onAuthFailure } = this.#options;
    const { name } = state.endpoint;
    catalog.setError(name, result.reason);
    // The registry says what to do about credentials, and only the first of several failures is news.
    if (result.kind === "failed" && failuresBefore === 0) {
      logger.warn(`The models of endpoint "${name}" are not known: ${result.reason}`, { endpoint: name });
    }
    if (result.kind === "unauthorized") onAuthFailure(state, result.status);
  }

  /** Until the next question after so many failures in a row. */
  #pause(failures: number): number {
    const { interval } = this.#options.settings;
    if (failures === 0) return interval;
    return Math.min(interval, LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (failures - 1));
  }

  #jittered(ms: number): number {
    return ms * (1 - JITTER + 2 * JITTER * this.#options.random());
  }

  /** Sets the one timer to the next endpoint that is due. */
  #arm(): void {
    this.#disarm();
    const { client, settings, states } = this.#options;
    const now = client.now();
    let next = now + settings.interval;
    for (const state of states()) {
      if (isAskable(state)) next = Math.min(next, this.#track(state).dueAt);
    }
    this.#timer = client.timers.start(() => this.#tick(), Math.max(0, next - now));
  }

  #disarm(): void {
    if (this.#timer !== undefined) this.#options.client.timers.stop(this.#timer);
    this.#timer = undefined;
  }

  #tick(): void {
    const { client, states } = this.#options;
    const now = client.now();
    for (const state of states()) {
      if (isAskable(state) && this.#track(state).dueAt <= now) void this.refresh(state);
    }
    this.#arm();
  }
}

/** Whether an endpoint may be asked because of an unknown name; notes it if so. */
function mayAskOnMiss(track: Track, now: number): boolean {
  const until = Math.max(now, track.missesUntil) + MISS_INTERVAL_MS;
  if (until - now > MISS_BURST * MISS_INTERVAL_MS) return false;
  track.missesUntil = until;
  return true;
}

/** Nothing is asked of an endpoint before its type is known, nor of one that is down. */
function isAskable(state: EndpointState): boolean {
  return isCandidate(state) || (state.profile !== undefined && state.status === "config_error");
}
