import type { Profile } from "../config/profile.ts";
import type { BreakerState, BreakerWord } from "./circuit_breaker.ts";
import type { Endpoint } from "./endpoint.ts";
import type { HealthState, HealthWord } from "./health.ts";
import type { ModelFacts } from "./rests.ts";

/** The one word the status shows. */
export type EndpointStatus = HealthWord | "draining";

/** Figures of the health checks, for the status JSON. Times are epoch ms, 0 for never; latencies are ms. */
export interface CheckFigures {
  readonly lastCheckAt: number;
  readonly nextCheckAt: number;
  readonly lastLatencyMs: number;
  /** Over all answered checks of this run; 0 before the first. */
  readonly avgLatencyMs: number;
  readonly minLatencyMs: number;
  readonly maxLatencyMs: number;
  readonly consecutiveFailures: number;
  /** When the status word last changed. */
  readonly statusSince: number;
}

/** A backend as the program sees it now. One object per endpoint for its whole life; only the registry writes to it. */
export interface EndpointState extends CheckFigures {
  readonly endpoint: Endpoint;
  /** Undefined until its type is known. */
  readonly profile: Profile | undefined;
  /** True when {@link EndpointState.profile} was found by asking the server. */
  readonly typeDetected: boolean;
  /** What the server says that it is; undefined where it was not asked, or does not say. */
  readonly version: string | undefined;
  /** Names of operations that its profile promises and that it was found not to have. Forgotten when it has been away. */
  readonly missing: ReadonlySet<string>;
  readonly status: EndpointStatus;
  /** Why the status is what it is, in plain words without addresses or secrets; empty when there is nothing to say. */
  readonly detail: string;
  /** The last thing that went wrong, kept after recovery; empty for never. */
  readonly lastError: string;
  /** What the operator should look at although the endpoint works. */
  readonly warnings: readonly string[];
  readonly draining: boolean;
  /** Requests running on it now. Never negative. */
  readonly active: number;
  /** Epoch ms of the last request that it answered well; 0 for never. */
  readonly lastSuccessAt: number;
  /** Epoch ms when a request last succeeded or bytes of a stream moved; 0 for never. */
  readonly lastActivityAt: number;
  readonly health: HealthState;
  /** Counts transport failures only. */
  readonly breaker: BreakerState;
  /** Trouble per model: answered 5xx and rests. A model without trouble has no entry. */
  readonly models: ReadonlyMap<string, ModelFacts>;
  /** The breaker's state as people read it. */
  breakerWord(now: number): BreakerWord;
}

/** Something about an endpoint changed. */
export type EndpointEvent =
  | {
    readonly kind: "status";
    readonly state: EndpointState;
    readonly from: EndpointStatus;
    readonly to: EndpointStatus;
    /** In plain words; empty for a recovery. */
    readonly why: string;
  }
  | { readonly kind: "breaker"; readonly state: EndpointState; readonly from: BreakerWord; readonly to: BreakerWord }
  | { readonly kind: "type_detected"; readonly state: EndpointState; readonly type: string }
  | { readonly kind: "added"; readonly state: EndpointState }
  | { readonly kind: "removed"; readonly state: EndpointState }
  /** Something to look at although the endpoint works. */
  | { readonly kind: "warning"; readonly state: EndpointState; readonly message: string }
  /** Its next check was brought forward. */
  | { readonly kind: "check_wanted"; readonly state: EndpointState };
