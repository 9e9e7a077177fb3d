import type { Profile } from "../config/profile.ts";
import { type BreakerState, type BreakerWord, breakerWord, CLOSED } from "./circuit_breaker.ts";
import type { Endpoint } from "./endpoint.ts";
import { type HealthState, isRoutableWord, type ProbeResult, UNKNOWN_HEALTH } from "./health.ts";
import type { HealthTargets } from "./health_url.ts";
import type { ModelFacts } from "./rests.ts";
import type { EndpointState, EndpointStatus } from "./state.ts";

/** The writable side of an {@link EndpointState}. Only the registry and its parts touch it. */
export class EndpointRecord implements EndpointState {
  readonly endpoint: Endpoint;
  profile: Profile | undefined;
  typeDetected = false;
  /** The type was found by asking, and the server has been away since: another one may stand there now. */
  typeStale = false;
  version: string | undefined;
  missing: ReadonlySet<string> = new Set();
  healthTargets: HealthTargets | undefined;
  /** Index into the health URLs of the one that answered last. */
  healthPath = 0;

  status: EndpointStatus = "unknown";
  detail = "";
  lastError = "";
  statusSince = 0;
  draining = false;
  removed = false;
  active = 0;
  lastSuccessAt = 0;
  lastActivityAt = 0;

  health: HealthState = UNKNOWN_HEALTH;
  /** What discovery said of our credentials; empty for no complaint. */
  authFailure = "";
  /** A request met a loading model; the next good check clears it. */
  modelLoading = false;
  /** When a request last found nothing there. */
  unreachableAt = 0;
  breaker: BreakerState = CLOSED;
  readonly models = new Map<string, ModelFacts>();
  readonly refusedCallbacks = new Set<() => void>();

  lastCheckAt = 0;
  nextCheckAt = 0;
  /** When a request asked for a check; Infinity when none did since the last one began. */
  checkWantedAt = Infinity;
  lastLatencyMs = 0;
  avgLatencyMs = 0;
  minLatencyMs = 0;
  maxLatencyMs = 0;
  #answers = 0;

  constructor(endpoint: Endpoint, profile: Profile | undefined) {
    this.endpoint = endpoint;
    this.profile = profile;
  }

  get consecutiveFailures(): number {
    return this.health.failures;
  }

  get warnings(): readonly string[] {
    const warning = this.healthTargets?.warning;
    return warning === undefined ? [] : [warning];
  }

  breakerWord(now: number): BreakerWord {
    return breakerWord(this.breaker, now);
  }

  /** Writes a check down; latencies count only for answers. */
  noteCheck(result: ProbeResult, now: number): void {
    this.lastCheckAt = now;
    if (result.detail !== "") this.lastError = result.detail;
    if (result.kind !== "answered") return;
    const latency = result.latencyMs;
    this.lastLatencyMs = latency;
    this.minLatencyMs = this.#answers === 0 ? latency : Math.min(this.minLatencyMs, latency);
    this.maxLatencyMs = Math.max(this.maxLatencyMs, latency);
    this.#answers++;
    this.avgLatencyMs += (latency - this.avgLatencyMs) / this.#answers;
  }

  /** The status word and its reason, joined from the separate facts. */
  statusNow(): { word: EndpointStatus; detail: string } {
    const { word, detail } = this.health;
    if (this.draining) return { word: "draining", detail: "draining: it gets no new requests" };
    if (isRoutableWord(word) && this.authFailure !== "") return { word: "config_error", detail: this.authFailure };
    if (this.modelLoading && (word === "healthy" || word === "busy")) {
      return { word: "warming", detail: "it is loading a model" };
    }
    return { word, detail };
  }
}
