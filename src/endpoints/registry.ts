import type { Profile } from "../config/profile.ts";
import { authHint } from "./auth_hint.ts";
import { breakerFailure, breakerHint, type BreakerSettings, type BreakerState, CLOSED } from "./circuit_breaker.ts";
import { CHECK_SOON_MS } from "./check_schedule.ts";
import type { Endpoint } from "./endpoint.ts";
import { EndpointRecord } from "./endpoint_record.ts";
import { isAuthStatus, isGood, isRoutableWord, observeProbe, type ProbeResult, tellsWaiting } from "./health.ts";
import { healthTargets } from "./health_url.ts";
import { type Lease, takeLease } from "./lease.ts";
import { clearTrouble, isResting, NO_MODEL, setRest, touchFacts } from "./rests.ts";
import type { EndpointEvent, EndpointState } from "./state.ts";

export type { Lease } from "./lease.ts";

/** What the registry is built with. */
export interface RegistryOptions {
  readonly breaker: BreakerSettings;
}

/**
 * All endpoints and what is known of them. It decides nothing by itself: the request path and the checks report, the
 * pure state machines say what follows, and whoever subscribed hears of it. Times are epoch ms from one clock.
 *
 * Longer than other files on purpose: every way in which what is known of an endpoint can change stands here, and only here.
 */
export class Registry {
  readonly #breaker: BreakerSettings;
  readonly #listeners = new Set<(event: EndpointEvent) => void>();
  #records: readonly EndpointRecord[] = [];
  #version = 0;

  constructor(options: RegistryOptions) {
    this.#breaker = options.breaker;
  }

  /** Moves whenever a status, a profile or the set changes: what was built from candidates is then to be rebuilt. */
  get version(): number {
    return this.#version;
  }

  /** In config order. The array is another one only when the set changed. */
  list(): readonly EndpointState[] {
    return this.#records;
  }

  /** The endpoint of that name. */
  get(name: string): EndpointState | undefined {
    return this.#records.find((record) => record.endpoint.name === name);
  }

  /** Calls `listener` with every event, until the function that it returns is called. Listeners must not throw. */
  subscribe(listener: (event: EndpointEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Adds an endpoint. It gets requests once a check has found it well.
   *
   * @param profile Undefined when the server must be asked what it is.
   * @throws {Error} When the name is taken: breakers, catalogue and logs know endpoints by name.
   */
  add(endpoint: Endpoint, profile: Profile | undefined): EndpointState {
    if (this.get(endpoint.name) !== undefined) {
      throw new Error(`Cannot add endpoint "${endpoint.name}": the name is taken, give it another one`);
    }
    const record = new EndpointRecord(this.#withOwnId(endpoint), profile);
    if (profile !== undefined) record.healthTargets = healthTargets(record.endpoint, profile);
    this.#records = [...this.#records, record];
    this.#version++;
    this.#emit({ kind: "added", state: record });
    this.#warn(record);
    return record;
  }

  /** Takes an endpoint out; requests that run on it go on. False when there is none of that name. */
  remove(name: string): boolean {
    const record = this.#records.find((candidate) => candidate.endpoint.name === name);
    if (record === undefined) return false;
    record.removed = true;
    record.refusedCallbacks.clear();
    this.#records = this.#records.filter((candidate) => candidate !== record);
    this.#version++;
    this.#emit({ kind: "removed", state: record });
    return true;
  }

  /** The server said what it is. */
  setProfile(state: EndpointState, profile: Profile): void {
    const record = recordOf(state);
    record.typeStale = false;
    record.typeDetected = true;
    if (record.profile === profile) return;
    record.profile = profile;
    record.version = undefined;
    record.missing = new Set();
    record.healthTargets = healthTargets(record.endpoint, profile);
    record.healthPath = 0;
    this.#version++;
    this.#emit({ kind: "type_detected", state: record, type: profile.name });
    this.#warn(record);
  }

  /** The server said its version. */
  setVersion(state: EndpointState, version: string): void {
    const record = recordOf(state);
    if (record.version === version) return;
    // Another version may have what the last one had not.
    if (record.version !== undefined) record.missing = new Set();
    record.version = version;
    this.#version++;
  }

  /** A request found that the server does not have what its profile promises. */
  reportMissing(state: EndpointState, operation: string): void {
    const record = recordOf(state);
    if (record.missing.has(operation)) return;
    record.missing = new Set([...record.missing, operation]);
    this.#version++;
  }

  /** The operator's wish: no new requests, while the running ones end. */
  setDraining(state: EndpointState, draining: boolean, now: number): void {
    const record = recordOf(state);
    record.draining = draining;
    this.#refreshStatus(record, now);
  }

  /** Takes a place on an endpoint; in the same tick as it was chosen. Release it when the last byte has gone. */
  acquire(state: EndpointState, model: string | undefined, now: number): Lease {
    const record = recordOf(state);
    const before = record.breaker;
    const lease = takeLease(record, model, this.#breaker, now);
    this.#tellBreaker(record, before);
    return lease;
  }

  /**
   * A request found nothing there (refused, DNS, no route, TLS): offline at once, and checked again in a second.
   *
   * @param reason In plain words, without addresses.
   */
  reportUnreachable(state: EndpointState, reason: string, now: number): void {
    const record = recordOf(state);
    record.unreachableAt = now;
    record.lastError = reason;
    // A hundred requests that run into the same wall are one observation, or they would drive the backoff up.
    if (record.health.word !== "offline") {
      this.#step(record, { kind: "failed", reason: "refused", latencyMs: 0, detail: reason }, now);
    }
    this.#checkSoon(record, now);
  }

  /** A connection failed after it had been made: reset, cut, closed or timed out. */
  reportTransportFailure(state: EndpointState, now: number): void {
    const record = recordOf(state);
    this.#setBreaker(record, breakerFailure(record.breaker, this.#breaker, now));
  }

  /** The endpoint answered a request for this model with a server error. */
  reportAnswerFailure(state: EndpointState, model: string | undefined, now: number): void {
    const facts = touchFacts(recordOf(state).models, model);
    facts.breaker = breakerFailure(facts.breaker, this.#breaker, now);
  }

  /** A request was answered well, to the end. */
  reportSuccess(state: EndpointState, model: string | undefined, now: number): void {
    this.reportStreaming(state, model, now);
    const record = recordOf(state);
    if (record.breaker !== CLOSED) this.#setBreaker(record, CLOSED);
  }

  /**
   * A stream has begun: its first byte is there. That ends a trial, since a long stream must not hold its slot, but it
   * does not end a row of failures: streams that break off after their first byte count in it.
   */
  reportStreaming(state: EndpointState, model: string | undefined, now: number): void {
    const record = recordOf(state);
    record.lastSuccessAt = now;
    record.lastActivityAt = now;
    if (record.breaker.kind !== "closed") this.#setBreaker(record, CLOSED);
    if (record.models.size > 0) clearTrouble(record.models, model, now);
  }

  /** Bytes of a stream moved: a proof of life that outweighs a slow check. */
  reportActivity(state: EndpointState, now: number): void {
    recordOf(state).lastActivityAt = now;
  }

  /** 401 or 403 from a check or from the model list: `config_error`, until the credentials are taken. */
  reportAuthFailure(state: EndpointState, status: number, source: "probe" | "discovery", now: number): void {
    const record = recordOf(state);
    const detail = `${source === "probe" ? "its health check" : "its model list"} answers ${status}`;
    record.lastError = detail;
    if (source === "probe") {
      return this.#step(record, { kind: "answered", status, latencyMs: 0, loading: false, detail }, now);
    }
    // Where the clients bring the credentials, a refusal of ours is no fault.
    if (record.endpoint.config.forward_auth) return;
    record.authFailure = `${detail}. ${authHint(record)}`;
    this.#refreshStatus(record, now);
  }

  /** The model list came: takes back what {@link reportAuthFailure} did. */
  reportDiscoverySuccess(state: EndpointState, now: number): void {
    const record = recordOf(state);
    if (record.authFailure === "") return;
    record.authFailure = "";
    this.#refreshStatus(record, now);
  }

  /**
   * Lets a model rest on one endpoint.
   *
   * @param explicit Whether the backend itself named the time; only then may even a sole candidate rest.
   */
  rest(state: EndpointState, model: string | undefined, untilMs: number, explicit: boolean): void {
    setRest(touchFacts(recordOf(state).models, model), untilMs, explicit);
  }

  /** Until when the model rests there; undefined when it does not. */
  restUntil(state: EndpointState, model: string | undefined, now: number): number | undefined {
    const facts = state.models.get(model ?? NO_MODEL);
    return facts !== undefined && isResting(facts, now, false) ? facts.restUntil : undefined;
  }

  /** A request met a model that is being loaded: others first until then, and the status says so until the next check. */
  markWarming(state: EndpointState, model: string | undefined, untilMs: number, now: number): void {
    const record = recordOf(state);
    this.rest(record, model, untilMs, false);
    record.modelLoading = true;
    this.#refreshStatus(record, now);
  }

  /**
   * Calls back when a check finds the endpoint refused, reset or unreachable: for requests that wait for headers, which
   * may never come. Ends with the function that it returns.
   */
  onProbeRefused(state: EndpointState, callback: () => void): () => void {
    const { refusedCallbacks } = recordOf(state);
    refusedCallbacks.add(callback);
    return () => refusedCallbacks.delete(callback);
  }

  /** Takes a check's result in. `startedAt` is when it was sent. */
  observe(state: EndpointState, result: ProbeResult, startedAt: number, now: number): void {
    const record = recordOf(state);
    if (record.removed) return;
    const good = isGood(result, record.endpoint.config.forward_auth);
    record.noteCheck(result, now);
    // Older than what a request has just seen: the server answered, and then it went.
    if (good && startedAt < record.unreachableAt) return;
    if (good) record.modelLoading = false;
    this.#step(record, result, now);
    if (good) this.#setBreaker(record, breakerHint(record.breaker, this.#breaker, now));
    if (result.kind === "failed" && tellsWaiting(result.reason)) {
      for (const callback of [...record.refusedCallbacks]) callback();
    }
  }

  #step(record: EndpointRecord, result: ProbeResult, now: number): void {
    const { check_interval, check_timeout, forward_auth } = record.endpoint.config;
    const { next, flipped } = observeProbe(record.health, withHint(record, result), {
      progressing: record.lastActivityAt > 0 && now - record.lastActivityAt <= check_interval + check_timeout,
      forwardsAuth: forward_auth,
    });
    const recovered = flipped && next.word === "healthy" && !isRoutableWord(record.health.word);
    record.health = next;
    if (next.word === "offline" && flipped) {
      record.typeStale = record.endpoint.configuredType === undefined;
      // Whatever comes back may have been set up anew; its model list will tell.
      record.authFailure = "";
    }
    if (recovered) {
      // Answers from before it was away say nothing of the server that came back.
      for (const facts of record.models.values()) facts.breaker = breakerHint(facts.breaker, this.#breaker, now);
    }
    this.#refreshStatus(record, now);
  }

  #refreshStatus(record: EndpointRecord, now: number): void {
    const { word, detail } = record.statusNow();
    const from = record.status;
    record.detail = detail;
    if (word === from) return;
    record.status = word;
    record.statusSince = now;
    // What comes back may be another server. One that drained was not away.
    if (isRoutableWord(word) && !isRoutableWord(from) && from !== "draining") record.missing = new Set();
    this.#version++;
    this.#emit({ kind: "status", state: record, from, to: word, why: detail });
  }

  #setBreaker(record: EndpointRecord, next: BreakerState): void {
    const before = record.breaker;
    record.breaker = next;
    this.#tellBreaker(record, before);
  }

  #tellBreaker(record: EndpointRecord, before: BreakerState): void {
    const to = record.breaker.kind;
    if (before.kind !== to) this.#emit({ kind: "breaker", state: record, from: before.kind, to });
  }

  #checkSoon(record: EndpointRecord, now: number): void {
    record.checkWantedAt = Math.min(record.checkWantedAt, now + CHECK_SOON_MS);
    record.nextCheckAt = Math.min(record.nextCheckAt, record.checkWantedAt);
    this.#emit({ kind: "check_wanted", state: record });
  }

  #warn(record: EndpointRecord): void {
    for (const message of record.warnings) this.#emit({ kind: "warning", state: record, message });
  }

  /** Two URLs with one hash are told apart by a suffix, as in the Go program. */
  #withOwnId(endpoint: Endpoint): Endpoint {
    let id = endpoint.id;
    for (let n = 2; this.#records.some((record) => record.endpoint.id === id); n++) id = `${endpoint.id}-${n}`;
    if (id === endpoint.id) return endpoint;
    // With the descriptors, so that what is hidden from JSON stays hidden.
    const fields = { ...Object.getOwnPropertyDescriptors(endpoint), id: { value: id, enumerable: true } };
    return Object.create(Object.prototype, fields) as Endpoint;
  }

  #emit(event: EndpointEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

/** The writable side of a state that this program handed out. */
export function recordOf(state: EndpointState): EndpointRecord {
  if (state instanceof EndpointRecord) return state;
  throw new TypeError(`Cannot use the state of endpoint "${state.endpoint.name}": it does not come from a registry`);
}

function withHint(record: EndpointRecord, result: ProbeResult): ProbeResult {
  if (result.kind !== "answered" || !isAuthStatus(result.status)) return result;
  return { ...result, detail: `${result.detail}. ${authHint(record)}` };
}
