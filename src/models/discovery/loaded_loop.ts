import { isCandidate } from "../../endpoints/availability.ts";
import type { BackendClient } from "../../endpoints/ask_backend.ts";
import { backendUrl } from "../../endpoints/health_url.ts";
import type { EndpointState } from "../../endpoints/state.ts";
import type { TimerHandle } from "../../lib/clock.ts";
import { askJson } from "./ask_json.ts";
import { fetchFrom, type ListOrigin } from "./fetch_list.ts";
import type { LoadedModels } from "../loaded_models.ts";
import { holdsOneModel, type MemoryQuestion, memoryQuestion, tellsLoaded } from "./memory_question.ts";
import type { DiscoveredModel } from "../model.ts";

/** Between two questions to the same endpoint, when requests are led by what is loaded. */
export const LOADED_INTERVAL_MS = 10_000;
/** The same with `proxy.prefer_loaded: false`: then only the status shows it. */
export const SLOW_LOADED_INTERVAL_MS = 60_000;

/** What the loop works with. */
export interface LoadedLoopOptions {
  /** Where the answers go. */
  readonly loaded: LoadedModels;
  readonly client: BackendClient;
  /** 0 up to but not including 1. */
  readonly random: () => number;
  /** All endpoints. Only those in service are asked. */
  readonly states: () => readonly EndpointState[];
  /** {@link LOADED_INTERVAL_MS} or {@link SLOW_LOADED_INTERVAL_MS}. */
  readonly intervalMs: number;
}

/** What the loop remembers of an endpoint. Times are epoch ms. */
interface Track {
  /** Undefined for a server that does not tell what is in its memory. */
  question: MemoryQuestion | undefined;
  origin: ListOrigin;
  models: readonly DiscoveredModel[];
  /** Lower-case names, aliases included → ids in the list; built when first needed. */
  ids: ReadonlyMap<string, string> | undefined;
  isRunning: boolean;
  askedAt: number;
  dueAt: number;
  /** When to ask although it is not due: what was served shows that its memory has changed. */
  wantedAt: number;
  /** In a row. */
  failures: number;
  /** When the endpoint last said it; undefined when nothing is known. */
  knownAt: number | undefined;
  /** After a failure: when what is known is no longer to be believed. */
  knownUntil: number;
}

const JITTER = 0.1;
/** These answers come from memory; a server that needs longer is busy. */
const TIMEOUT_MS = 5_000;
const MAX_BYTES = 1024 * 1024;
/** What was last heard from an endpoint that fails to answer counts so long. */
const TRUST_MS = 30_000;
/** What is served brings the next question forward, but never to less than this after the last. */
const SOON_MS = 1_000;
/** Failures after which the pause is not doubled any more. */
const MAX_DOUBLINGS = 5;

/**
 * Keeps {@link LoadedModels} up to date: takes from each list what it says of memory, and asks the servers that tell it
 * at their interval, with a single timer for all. Silent: what is loaded is good to know, and nothing more. A server that
 * is out of service is not asked, and what was known of it is forgotten.
 */
export class LoadedLoop {
  readonly #options: LoadedLoopOptions;
  readonly #tracks = new Map<EndpointState, Track>();
  #ending: AbortController | undefined;
  #timer: TimerHandle | undefined;

  constructor(options: LoadedLoopOptions) {
    this.#options = options;
  }

  /** Begins to ask. */
  start(): void {
    this.#ending ??= new AbortController();
    this.#arm();
  }

  /** Ends all questions, also those on their way. */
  stop(): void {
    this.#ending?.abort();
    this.#ending = undefined;
    this.#disarm();
  }

  /**
   * The endpoint's list is in use. Nothing is asked of an endpoint before this, since what it has in memory is told by
   * the names in its list.
   */
  noteList(state: EndpointState, models: readonly DiscoveredModel[], origin: ListOrigin): void {
    const { client, loaded } = this.#options;
    const { profile } = state;
    if (profile === undefined) return;
    const now = client.now();
    const track = this.#tracks.get(state) ?? newTrack(now);
    this.#tracks.set(state, track);
    track.question = memoryQuestion(profile, models, origin);
    track.origin = origin;
    if (track.models !== models) track.ids = undefined;
    track.models = models;
    const { name } = state.endpoint;
    if (tellsLoaded(models)) {
      learn(track, now);
      if (track.question?.kind === "list") track.dueAt = now + this.#options.intervalMs * this.#jitter();
      loaded.set(name, loadedIds(models));
    } else if (track.question === undefined) loaded.forget(name);
    this.#arm();
  }

  /**
   * The endpoint has just answered with this model, so that it is loaded there. Where that is news, the endpoint is asked
   * soon: it may have unloaded others for it. Nothing for one that does not tell its memory.
   *
   * @param id As in the endpoint's own list.
   */
  noteServed(state: EndpointState, id: string): void {
    const { client, loaded } = this.#options;
    const { name } = state.endpoint;
    if (loaded.isLoaded(name, id) !== false) return;
    const track = this.#tracks.get(state);
    const isOnly = track !== undefined && state.profile !== undefined && holdsOneModel(state.profile, track.origin);
    if (isOnly) loaded.set(name, [id]);
    else loaded.served(name, id);
    if (track?.question === undefined) return;
    track.wantedAt = Math.max(client.now(), track.askedAt + SOON_MS);
    this.#arm();
  }

  /** The endpoint is gone or out of service: nobody knows any more what it has in memory. */
  forget(state: EndpointState): void {
    this.#options.loaded.forget(state.endpoint.name);
    this.#tracks.delete(state);
  }

  #arm(): void {
    this.#disarm();
    if (this.#ending === undefined || this.#tracks.size === 0) return;
    const { client, intervalMs } = this.#options;
    const now = client.now();
    let next = now + intervalMs;
    for (const track of this.#tracks.values()) {
      if (!track.isRunning && track.question !== undefined) next = Math.min(next, dueAt(track));
      next = Math.min(next, track.knownUntil);
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
    const there = new Set(states());
    for (const [state, track] of this.#tracks) {
      // Once it is back, its list is asked for, and with that begins all this anew.
      if (!there.has(state) || !isCandidate(state)) this.forget(state);
      else {
        if (track.knownUntil <= now) this.#distrust(state, track);
        if (track.question !== undefined && dueAt(track) <= now && !track.isRunning) void this.#ask(state, track);
      }
    }
    this.#arm();
  }

  #distrust(state: EndpointState, track: Track): void {
    track.knownAt = undefined;
    track.knownUntil = Number.POSITIVE_INFINITY;
    this.#options.loaded.forget(state.endpoint.name);
  }

  async #ask(state: EndpointState, track: Track): Promise<void> {
    const { client, intervalMs, loaded } = this.#options;
    const signal = this.#ending?.signal;
    if (signal === undefined || track.question === undefined) return;
    track.isRunning = true;
    track.askedAt = client.now();
    track.wantedAt = Number.POSITIVE_INFINITY;
    const names = await this.#namesInMemory(state, track.question, { origin: track.origin, signal });
    track.isRunning = false;
    if (signal.aborted || this.#tracks.get(state) !== track) return;
    const now = client.now();
    if (names !== undefined) {
      learn(track, now);
      loaded.set(state.endpoint.name, idsOf(track, names));
    } else {
      track.failures++;
      if (track.knownAt !== undefined) track.knownUntil = Math.max(now, track.knownAt + TRUST_MS);
    }
    const doublings = Math.min(MAX_DOUBLINGS, Math.max(0, track.failures - 1));
    track.dueAt = now + intervalMs * 2 ** doublings * this.#jitter();
    this.#arm();
  }

  /** Undefined when it cannot be had. Never rejects. */
  async #namesInMemory(
    { endpoint, profile }: EndpointState,
    question: MemoryQuestion,
    { origin, signal }: { readonly origin: ListOrigin; readonly signal: AbortSignal },
  ): Promise<readonly string[] | undefined> {
    const { client } = this.#options;
    if (profile === undefined) return undefined;
    if (question.kind === "list") {
      const result = await fetchFrom(client, origin.url, { endpoint, profile, timeoutMs: TIMEOUT_MS, signal });
      return result.kind === "models" && tellsLoaded(result.models) ? loadedIds(result.models) : undefined;
    }
    const url = backendUrl(endpoint, question.path);
    const answer = await askJson(client, { endpoint, url, timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES, signal });
    return answer.kind === "json" ? question.read(answer.json) : undefined;
  }

  #jitter(): number {
    return 1 - JITTER + 2 * JITTER * this.#options.random();
  }
}

function newTrack(now: number): Track {
  return {
    question: undefined,
    origin: { url: "", isLlamaSwap: false },
    models: [],
    ids: undefined,
    isRunning: false,
    askedAt: Number.NEGATIVE_INFINITY,
    dueAt: now,
    wantedAt: Number.POSITIVE_INFINITY,
    failures: 0,
    knownAt: undefined,
    knownUntil: Number.POSITIVE_INFINITY,
  };
}

function dueAt(track: Track): number {
  return Math.min(track.dueAt, track.wantedAt);
}

function learn(track: Track, now: number): void {
  track.failures = 0;
  track.knownAt = now;
  track.knownUntil = Number.POSITIVE_INFINITY;
}

function loadedIds(models: readonly DiscoveredModel[]): readonly string[] {
  return models.filter((model) => model.loaded === true).map((model) => model.id);
}

/** The list's ids for names that the server uses elsewhere: it may leave out `:latest`, or write another case. */
function idsOf(track: Track, names: readonly string[]): readonly string[] {
  track.ids ??= new Map(
    track.models.flatMap(({ id, aliases = [] }) =>
      [...aliases, id].map((name): [string, string] => [name.toLowerCase(), id])
    ),
  );
  const { ids } = track;
  return names.flatMap((name) => ids.get(name.toLowerCase()) ?? []);
}
